import { isRecord } from '#errors/is-record.ts';
import type { Connection } from '../connection.ts';
import type { KeyValue } from '../store.ts';
import { prefixEnd, wire } from '../wire.ts';
import type { Condition, PlannedWrite } from './write-plan.ts';

/** A key, or every key that begins so. */
export interface RangeRead {
  readonly key: string;
  readonly prefix?: boolean;
  readonly limit?: number;
  readonly keysOnly?: boolean;
}

/** From a key to the last that begins with a prefix. */
export interface KeyRange {
  readonly key: string;
  readonly toEndOf: string;
}

/** What ranges had, each in its turn, all at one revision. */
export interface Picture {
  readonly answers: readonly (readonly KeyValue[])[];
  readonly revision: number;
}

/**
 * etcd's RangeRequest (rpc.proto) for a read of a plan. Pure.
 * @param serializable answered by one member for itself, without asking the others
 */
export function rangeOf(connection: Pick<Connection, 'bytes'>, range: RangeRead, serializable: boolean) {
  const request = wire.rangeRequest(connection.bytes, range.key, range.prefix === true);
  return { ...request, serializable, limit: String(range.limit ?? 0), keys_only: range.keysOnly === true };
}

/** Reads the TxnResponse of so many reads: the keys that each has found, and the revision of all. Pure. @param count of the reads */
export function readPicture(connection: Pick<Connection, 'bytes'>, answer: unknown, count: number): Picture {
  const responses = responsesOf(answer);
  const answers = Array.from({ length: count }, (_, i) => {
    const response = responses[i];
    const range = isRecord(response) ? response['response_range'] : undefined;
    return wire.readRange(connection.bytes, range ?? {}).items;
  });
  return { answers, revision: revisionOf(answer) };
}

/** Where the page after another begins. */
export interface NextPage {
  /** As etcd has it: a key need not be UTF-8. */
  readonly key: Buffer;
  /** Of the first page. */
  readonly revision: number;
}

export interface Page {
  readonly items: readonly KeyValue[];
  readonly revision: number;
  /** Undefined: this is the last. */
  readonly next: NextPage | undefined;
}

/** Of a page: with the largest values that etcd takes that is 150 MB. */
const mostOnPage = 100;

/**
 * etcd's RangeRequest for up to 100 keys of the whole store, from the lowest, or from where the last page ended, at that page's revision. Pure.
 */
export function pageOf(from: NextPage | undefined) {
  const range = { range_end: Buffer.from([0]), limit: String(mostOnPage) };
  if (from === undefined) return { ...range, key: Buffer.from([0]) };
  return { ...range, key: from.key, revision: String(from.revision), serializable: true };
}

/** @param from what was asked for */
export function readPage(connection: Pick<Connection, 'bytes'>, answer: unknown, from: NextPage | undefined): Page {
  const items = wire.readRange(connection.bytes, answer).items;
  const revision = from?.revision ?? revisionOf(answer);
  const kvs: readonly unknown[] = isRecord(answer) && Array.isArray(answer['kvs']) ? answer['kvs'] : [];
  const last = kvs.at(-1);
  const key = isRecord(last) ? last['key'] : undefined;
  const hasMore = isRecord(answer) && answer['more'] === true && Buffer.isBuffer(key);
  return { items, revision, next: hasMore ? { key: Buffer.concat([key, Buffer.from([0])]), revision } : undefined };
}

/** The revision of the store that an answer speaks of; 0 where it says none. Pure. */
export function revisionOf(answer: unknown): number {
  return wire.readRange({ encode: String, decode: String }, answer).revision;
}

/**
 * Compare.CompareResult EQUAL = 0, GREATER = 1, LESS = 2; Compare.CompareTarget VERSION = 0, MOD = 2, VALUE = 3, LEASE = 4. A range holds when each key
 * in it does.
 */
export function compareOf(connection: Pick<Connection, 'bytes'>, condition: Condition) {
  const bytes = (text: string | Buffer) => connection.bytes.encode(Buffer.from(text));
  if ('emptyBelow' in condition) {
    const inside = `${condition.emptyBelow}/`;
    const range = { key: bytes(`${inside}\0`), range_end: bytes(prefixEnd(inside)) };
    return { ...range, result: 0, target: 0, version: '0' };
  }
  if ('unchangedBelow' in condition) {
    const inside = condition.unchangedBelow === '/' ? '/' : `${condition.unchangedBelow}/`;
    const range = { key: bytes(inside), range_end: bytes(prefixEnd(inside)) };
    return { ...range, result: 2, target: 2, mod_revision: String(condition.since + 1) };
  }
  if ('unleased' in condition) return { key: bytes(condition.unleased), result: 0, target: 4, lease: '0' };
  const key = bytes(condition.key);
  if ('absent' in condition) return { key, result: 0, target: 0, version: '0' };
  if ('exists' in condition) return { key, result: 1, target: 0, version: '0' };
  if ('value' in condition) return { key, result: 0, target: 3, value: bytes(condition.value) };
  return { key, result: 0, target: 2, mod_revision: String(condition.modRevision) };
}

/**
 * etcd's RequestOp for a write of a plan: it puts, deletes, or hangs a key on another lease and leaves its value. Pure.
 * @param lease that the plan has been given, for what is `leased`
 */
export function writeOf(connection: Pick<Connection, 'bytes'>, write: PlannedWrite, lease: string | undefined) {
  const form = connection.bytes;
  if ('delete' in write) return { request_delete_range: wire.deleteRequest(form, write.delete, write.prefix === true) };
  if ('hang' in write) {
    const kept = { ...wire.putRequest(form, write.hang, '', write.lease), ignore_value: true };
    return { request_put: kept };
  }
  const hangsOn = write.leased === true ? lease : write.lease;
  return { request_put: { ...wire.putRequest(form, write.put, write.value, hangsOn), prev_kv: true } };
}

/** What the first write of a transaction took the place of. */
export function replacedBy(connection: Pick<Connection, 'bytes'>, answer: unknown): KeyValue | undefined {
  const [first] = responsesOf(answer);
  const put = isRecord(first) ? first['response_put'] : undefined;
  const kv = isRecord(put) ? put['prev_kv'] : undefined;
  return kv === undefined ? undefined : wire.readRange(connection.bytes, { kvs: [kv] }).items[0];
}

function responsesOf(answer: unknown): readonly unknown[] {
  return isRecord(answer) && Array.isArray(answer['responses']) ? answer['responses'] : [];
}

/** @param range undefined: every key @param before whether events show the key as it was before */
export function watchOf(
  connection: Pick<Connection, 'bytes'>,
  range: KeyRange | undefined,
  fromRevision: number,
  before: boolean,
) {
  const form = connection.bytes;
  const keys =
    range === undefined
      ? wire.rangeRequest(form, '', true)
      : { key: form.encode(Buffer.from(range.key)), range_end: form.encode(prefixEnd(range.toEndOf)) };
  return {
    create_request: { ...keys, prev_kv: before, progress_notify: true, start_revision: String(fromRevision) },
  };
}
