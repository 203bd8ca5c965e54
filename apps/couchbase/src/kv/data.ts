import type { Document } from '../bucket/document.ts';
import type { DocumentStore, Mutation } from '../bucket/document-store.ts';
import { concatenate, count, remove, touch, write } from '../bucket/operations.ts';
import type { RequestFrame } from '../wire/frame.ts';
import type { FramingExtras } from '../wire/framing-extras.ts';
import { opcodes } from '../wire/opcodes.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses, type Status } from '../wire/status.ts';

/** One document command, its preconditions (bucket, collection, key length, framing) already checked. */
export interface DataRequest {
  readonly store: DocumentStore;
  readonly frame: RequestFrame;
  /** Without collection prefix. */
  readonly key: Buffer;
  readonly framing: FramingExtras;
  /** The client wants vBucket UUID and sequence number back. */
  readonly tokens: boolean;
}

export type DataHandler = (request: DataRequest) => Response;

/** Commands on documents with the number of bytes their extras must have. Source: Couchbase "memcached binary protocol". */
export const dataCommands: ReadonlyMap<number, { readonly extrasBytes: readonly number[]; readonly run: DataHandler }> =
  new Map([
    [opcodes.get, { extrasBytes: [0], run: get }],
    [opcodes.set, { extrasBytes: [8], run: (request: DataRequest) => store(request, 'set') }],
    [opcodes.add, { extrasBytes: [8], run: (request: DataRequest) => store(request, 'add') }],
    [opcodes.replace, { extrasBytes: [8], run: (request: DataRequest) => store(request, 'replace') }],
    [opcodes.delete, { extrasBytes: [0], run: erase }],
    [opcodes.increment, { extrasBytes: [20], run: (request: DataRequest) => counter(request, 1n) }],
    [opcodes.decrement, { extrasBytes: [20], run: (request: DataRequest) => counter(request, -1n) }],
    [opcodes.append, { extrasBytes: [0], run: (request: DataRequest) => extend(request, 'append') }],
    [opcodes.prepend, { extrasBytes: [0], run: (request: DataRequest) => extend(request, 'prepend') }],
    [opcodes.touch, { extrasBytes: [4], run: touchOnly }],
    [opcodes.getAndTouch, { extrasBytes: [4], run: getAndTouch }],
    [opcodes.getMeta, { extrasBytes: [0, 1], run: getMeta }],
  ]);

function get({ store, key }: DataRequest): Response {
  const document = store.get(key);
  return document === undefined ? missing : withValue(document);
}

function store(request: DataRequest, mode: 'set' | 'add' | 'replace'): Response {
  const { frame, framing, key } = request;
  const result = write(request.store, mode, {
    key,
    value: frame.value,
    flags: frame.extras.readUInt32BE(0),
    expiry: frame.extras.readUInt32BE(4),
    cas: frame.cas,
    preserveExpiry: framing.preserveExpiry === true,
  });
  return mutated(request, result);
}

function erase(request: DataRequest): Response {
  return mutated(request, remove(request.store, request.key, request.frame.cas));
}

function extend(request: DataRequest, side: 'append' | 'prepend'): Response {
  const { key, frame } = request;
  return mutated(request, concatenate(request.store, side, { key, value: frame.value, cas: frame.cas }));
}

function counter(request: DataRequest, sign: 1n | -1n): Response {
  const { extras } = request.frame;
  const result = count(request.store, {
    key: request.key,
    delta: sign * extras.readBigUInt64BE(0),
    initial: extras.readBigUInt64BE(8),
    expiry: extras.readUInt32BE(16),
  });
  if (typeof result === 'number') return mutated(request, result);
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(result.total);
  return { ...mutated(request, result.document), value };
}

function touchOnly({ store, key, frame }: DataRequest): Response {
  const result = touch(store, key, frame.extras.readUInt32BE(0));
  return typeof result === 'number' ? refused(store, result) : { status: statuses.success, cas: result.cas };
}

function getAndTouch({ store, key, frame }: DataRequest): Response {
  const result = touch(store, key, frame.extras.readUInt32BE(0));
  return typeof result === 'number' ? refused(store, result) : withValue(result);
}

/** Deleted (u32), flags (u32), expiry (u32), seqno (u64), datatype (u8): what exists() reads. */
function getMeta({ store, key }: DataRequest): Response {
  const document = store.get(key);
  if (document === undefined) return missing;
  const extras = Buffer.alloc(21);
  extras.writeUInt32BE(document.flags, 4);
  extras.writeUInt32BE(document.expiry, 8);
  extras.writeBigUInt64BE(BigInt(document.seqno), 12);
  return { status: statuses.success, extras, cas: document.cas };
}

const missing: Response = { status: statuses.notFound };

function withValue(document: Document): Response {
  const extras = Buffer.alloc(4);
  extras.writeUInt32BE(document.flags);
  return { status: statuses.success, extras, value: document.value, cas: document.cas };
}

function mutated({ store, tokens }: DataRequest, result: Mutation | Status): Response {
  if (typeof result === 'number') return refused(store, result);
  const { cas, seqno, vbucket } = result;
  if (!tokens) return { status: statuses.success, cas };
  const extras = Buffer.alloc(16);
  extras.writeBigUInt64BE(store.vbucketUuid + BigInt(vbucket));
  extras.writeBigUInt64BE(BigInt(seqno), 8);
  return { status: statuses.success, cas, extras };
}

function refused(store: DocumentStore, status: Status): Response {
  if (status !== statuses.noMemory) return { status };
  return failure(
    status,
    `the bucket is full: ${store.usedBytes} of ${store.quotaBytes} bytes of its RAM quota are used`,
  );
}
