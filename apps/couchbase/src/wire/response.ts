import type { ByteString } from './byte-string.ts';
import type { Cas } from './cas.ts';
import type { Status } from './status.ts';

/** What a command handler answers; the connection adds opcode and opaque. */
export interface Response {
  readonly status: Status;
  /** Four bytes of extras: a document's flags. */
  readonly flags?: number;
  /** Sixteen bytes of extras: where a mutation happened. */
  readonly token?: MutationToken;
  /** Extras of any other form. */
  readonly extras?: Buffer;
  readonly value?: AnswerValue;
  /** Bytes of the key, which goes out before the value: some commands say which document they answer about. */
  readonly key?: Buffer;
  /** Whole packets in place of one answer: a command may be answered by many. */
  readonly packets?: Buffer;
  /** Nothing goes out: the client of a quiet command takes silence for the usual end. */
  readonly silent?: true;
  readonly cas?: Cas;
  /** The answer may not go out before this comes to pass. It does not fail. */
  readonly after?: Promise<void>;
  /** 1 marks the value as JSON; error bodies need it. */
  readonly datatype?: number;
}

/**
 * The value of an answer. In pieces where it would be a copy of what is stored: a client that does not take it would make the server hold that
 * copy.
 */
export type AnswerValue = ByteString | Buffer | readonly ByteString[];

/** A vBucket's history and a place in it. */
export interface MutationToken {
  readonly vbucketUuid: number;
  readonly seqno: number;
}

/** A whole number below 2^53 as 64 bits. */
export function writeUint64(into: Buffer, at: number, value: number): void {
  into.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  into.writeUInt32BE(value % 2 ** 32, at + 4);
}

/** An error with a sentence for people: SDKs show `error.context` in their exceptions. */
export function failure(status: Status, context: string): Response {
  return { status, value: Buffer.from(JSON.stringify({ error: { context } })), datatype: 1 };
}
