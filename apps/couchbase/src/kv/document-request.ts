import type { Bucket } from '../bucket/bucket.ts';
import type { Document } from '../bucket/document.ts';
import type { DocumentStore } from '../bucket/document-store.ts';
import type { ByteString } from '../wire/byte-string.ts';
import { features } from '../wire/features.ts';
import type { RequestFrame } from '../wire/frame.ts';
import type { FramingExtras } from '../wire/framing-extras.ts';
import { failure, type MutationToken, type Response } from '../wire/response.ts';
import { statuses, type Status } from '../wire/status.ts';
import type { Session } from './session.ts';

/** One document command, its preconditions (bucket, collection, key length, framing) already checked. */
export interface DocumentRequest {
  readonly bucket: Bucket;
  /** The collection's documents. */
  readonly store: DocumentStore;
  readonly session: Session;
  readonly frame: RequestFrame;
  /** Without collection prefix. */
  readonly key: ByteString;
  readonly framing: FramingExtras;
}

/** What a document command is, and how many bytes its extras must have. */
export interface DocumentCommand {
  readonly extrasBytes: readonly number[];
  /** A promise where it takes so long that other connections have their turns meanwhile. */
  readonly run: (request: DocumentRequest) => Response | Promise<Response>;
}

/** Answers a write with its CAS and, where the client asked for it, its place in the vBucket's history. */
export function mutated({ store, session }: DocumentRequest, result: Document): Response {
  const { cas } = result;
  if (!session.granted.has(features.mutationSeqno)) return { status: statuses.success, cas };
  return { status: statuses.success, cas, token: tokenOf(store, result) };
}

function tokenOf(store: DocumentStore, { vbucket, seqno }: Document): MutationToken {
  return { vbucketUuid: store.sequence.vbucketUuid(vbucket), seqno };
}

/** Answers what was not done, with a reason where the status alone does not give it. */
export function refused({ store }: DocumentRequest, status: Status): Response {
  if (status !== statuses.noMemory) return { status };
  const { usedBytes, limitBytes } = store.quota;
  return failure(status, `the bucket is full: ${usedBytes} of ${limitBytes} bytes of its RAM quota are used`);
}
