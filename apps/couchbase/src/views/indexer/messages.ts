import { deserialize, serialize } from 'node:v8';
import type { ViewQuery } from '../view-query.ts';

/** Functions of a view, as the design document has them. */
export interface ViewSource {
  readonly map: string;
  readonly reduce?: string;
}

/** A changed document; without `value` it is gone. `source` is the store's own key: the key's bytes as latin1. */
export interface Item {
  readonly source: string;
  readonly value?: Uint8Array;
  readonly rev: string;
  readonly expiration: number;
  readonly flags: number;
}

/** What the server asks of the process of a bucket's views. `view` is a number that the server gave. */
export type Request =
  | { readonly op: 'open'; readonly view: number; readonly source: ViewSource }
  /** Starts an update; `fresh`: from nothing, what was indexed is dropped when it is committed. */
  | { readonly op: 'begin'; readonly view: number; readonly fresh: boolean }
  | { readonly op: 'map'; readonly view: number; readonly items: readonly Item[] }
  | { readonly op: 'commit'; readonly view: number }
  | { readonly op: 'drop'; readonly view: number }
  | { readonly op: 'query'; readonly view: number; readonly query: ViewQuery; readonly reduce: boolean }
  | { readonly op: 'more'; readonly view: number; readonly cursor: number }
  | { readonly op: 'close'; readonly view: number; readonly cursor: number };

/** Why the process refuses: the source is no function, a limit was passed, a reduce failed, too many open answers. */
export type FailureCode = 'map' | 'timeout' | 'limit' | 'reduce' | 'busy';
const failureCodes: readonly string[] = ['map', 'timeout', 'limit', 'reduce', 'busy'] satisfies FailureCode[];

/** Answers; `ready` is the first, to nothing. `taken`: how many items of a batch were mapped before its time was over. */
export type Reply =
  /** What the process had used of the CPU by then, ms. */
  | { readonly kind: 'ready'; readonly startCpuMs: number }
  | { readonly kind: 'done'; readonly taken: number; readonly leftOut: number; readonly example: string }
  | {
      readonly kind: 'page';
      /** More rows are to be had with it; -1: these were the last. */
      readonly cursor: number;
      readonly totalRows: number;
      readonly rows: number;
      /** Rows as JSON text, joined by commas. */
      readonly body: Buffer;
    }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly cause: string };

/** To a request. */
export type Answer = Exclude<Reply, { readonly kind: 'ready' }>;

/** An answer that is no refusal. */
export type Done = Exclude<Answer, { readonly kind: 'failed' }>;

/** A request to the indexer's process, by V8's own serialisation; `decodeRequest` reads it. Pure. */
export function encodeRequest(request: Request): Buffer {
  return serialize(request);
}

/** Of the server's own words, by the same build: they are not checked again. */
export function decodeRequest(payload: Buffer): Request {
  return deserialize(payload) as Request;
}

/** A reply of the indexer's process: 4 bytes with the length of its head, the head as JSON, and behind it, as it is, the body of a page. Pure. */
export function encodeReply(reply: Reply): Buffer {
  const { body, ...head } = reply.kind === 'page' ? reply : { ...reply, body: Buffer.alloc(0) };
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, body]);
}

/** Reads an answer and trusts nothing in it. @throws TypeError when it is none */
export function decodeReply(payload: Buffer): Reply {
  const end = 4 + payload.readUInt32BE(0);
  const head: unknown = JSON.parse(payload.toString('utf8', 4, end));
  if (typeof head !== 'object' || head === null) throw new TypeError('an answer is an object');
  const field = new Map<string, unknown>(Object.entries(head));
  const kind = field.get('kind');
  if (kind === 'ready') return { kind, startCpuMs: whole(field, 'startCpuMs') };
  if (kind === 'done')
    return { kind, taken: whole(field, 'taken'), leftOut: whole(field, 'leftOut'), example: text(field, 'example') };
  if (kind === 'page') {
    const [cursor, totalRows, rows] = [whole(field, 'cursor'), whole(field, 'totalRows'), whole(field, 'rows')];
    return { kind, cursor, totalRows, rows, body: payload.subarray(end) };
  }
  const code = field.get('code');
  if (kind !== 'failed' || !isFailureCode(code)) throw new TypeError('unknown kind of answer');
  return { kind, code, cause: text(field, 'cause') };
}

function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && failureCodes.includes(code);
}

function whole(field: ReadonlyMap<string, unknown>, name: string): number {
  const value = field.get(name);
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new TypeError(`${name} must be a whole number`);
  return value;
}

function text(field: ReadonlyMap<string, unknown>, name: string): string {
  const value = field.get(name);
  if (typeof value !== 'string') throw new TypeError(`${name} must be text`);
  return value;
}
