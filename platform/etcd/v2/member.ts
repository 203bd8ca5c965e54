import { isRecord } from '#errors/is-record.ts';
import type { WatchStream, WatchStreamHandlers } from '../connection.ts';
import { http2Connection, type Http2Connection } from '../grpc/http2-connection.ts';
import type { EtcdStore, KeyValue } from '../store.ts';
import { storeOver } from '../store-over.ts';
import { wire } from '../wire.ts';
import { batchedReads, type Read } from './batched-reads.ts';
import { copiedReads, keptCopy, type CopyLimits, type KeptCopy } from './copied-reads.ts';
import {
  compareOf,
  pageOf,
  rangeOf,
  readPage,
  readPicture,
  replacedBy,
  revisionOf,
  watchOf,
  writeOf,
  type KeyRange,
  type NextPage,
  type Page,
  type Picture,
  type RangeRead,
} from './member-wire.ts';
import { readWatchMessage, type RawWatch } from './raw-events.ts';
import { copyStore } from './store-copy.ts';
import type { Condition, PlannedWrite } from './write-plan.ts';

/** The one etcd member that the v2 API answers from. Requests reject with a LabError of `etcdFailure`. */
export interface Member {
  readonly endpoint: string;
  /** ms for one request. */
  readonly timeoutMs: number;
  readonly leases: Pick<EtcdStore, 'grantOnce' | 'keepAliveOnce' | 'leaseTtl' | 'revokeLease'>;
  /** All at one revision. `own`: from the member's own copy, which may be old, and needs no quorum. */
  read(ranges: readonly RangeRead[], from: 'quorum' | 'own', timeoutMs?: number): Promise<Picture>;
  /** One transaction: it writes, or, when a condition does not hold, reads instead. @returns what then stands there */
  write(
    change: Transaction,
    otherwise: readonly RangeRead[],
    withinMs: number,
  ): Promise<Written | { readonly found: Picture }>;
  /** Some of all keys, in order; each page shows the revision of the first. @param from undefined: the first, as it is now */
  page(from: NextPage | undefined): Promise<Page>;
  /** A key as it was at a revision, which is no future one. @throws LabError `state.etcd-compacted` */
  past(key: string, revision: number): Promise<KeyValue | undefined>;
  /** At most a fifth of a second old. */
  status(): Promise<MemberStatus>;
  /**
   * Every event from a revision on, with the key as it was before unless `before` is false.
   * @param range undefined: of every key
   */
  watch(
    range: KeyRange | undefined,
    fromRevision: number,
    on: RawWatchHandlers,
    options?: { readonly before: boolean },
  ): WatchStream;
  /** Ends the watches and lets go of the connection; what is under way fails. */
  close(): Promise<void>;
}

export interface RawWatchHandlers extends Pick<WatchStreamHandlers, 'onEnd'> {
  /** What one message of the watch says. */
  onMessage(message: RawWatch): void;
}

export interface MemberStatus {
  /** Hexadecimal, as v2 writes ids. */
  readonly clusterId: string;
  readonly memberId: string;
  /** '0': there is none. */
  readonly leaderId: string;
  readonly raftIndex: string;
  readonly raftTerm: string;
  readonly revision: number;
}

export interface Transaction {
  readonly conditions: readonly Condition[];
  readonly writes: readonly PlannedWrite[];
  /** For the writes that are leased. */
  readonly lease?: string | undefined;
}

export interface Written {
  /** Of the store, after the write. */
  readonly revision: number;
  /** What the first write, a put, took the place of. */
  readonly before: KeyValue | undefined;
}

/** @param timeoutMs for each request */
export function http2Member(endpoint: string, timeoutMs: number, limits: CopyLimits): Member {
  const connection = http2Connection(endpoint);
  const leases = storeOver([connection], timeoutMs);
  // Only a leader knows: an answer may do without, and is not to wait for one that does not come.
  const hasty = storeOver([connection], patienceOf(timeoutMs));
  const now = () => performance.now();
  const kept = keptCopy((onGone) => copyStore(member, limits.bytes, onGone), limits.reads, now);
  const member: Member = {
    endpoint,
    timeoutMs,
    leases: { ...leases, leaseTtl: (lease) => hasty.leaseTtl(lease) },
    read: readerOf(connection, timeoutMs, kept),
    async write({ conditions, writes, lease }, otherwise, withinMs) {
      const request = {
        compare: conditions.map((condition) => compareOf(connection, condition)),
        success: writes.map((write) => writeOf(connection, write, lease)),
        failure: otherwise.map((range) => ({ request_range: rangeOf(connection, range, false) })),
      };
      const answer = await connection.call('txn', request, withinMs);
      return isRecord(answer) && answer['succeeded'] === true
        ? { revision: revisionOf(answer), before: replacedBy(connection, answer) }
        : { found: readPicture(connection, answer, otherwise.length) };
    },
    page: async (from) => readPage(connection, await connection.call('range', pageOf(from), timeoutMs), from),
    async past(key, revision) {
      const range = rangeOf(connection, { key, limit: 1 }, true);
      const answer = await connection.call('range', { ...range, revision: String(revision) }, timeoutMs);
      return wire.readRange(connection.bytes, answer).items[0];
    },
    status: recent(() => statusOf(connection, timeoutMs)),
    watch: (range, fromRevision, on, { before } = { before: true }) =>
      connection.watch(watchOf(connection, range, fromRevision, before), {
        onMessage: (message) => on.onMessage(readWatchMessage(connection.bytes, message)),
        onEnd: (error) => on.onEnd(error),
      }),
    async close() {
      kept.close();
      await leases.close();
    },
  };
  return member;
}

/** What is small is read together, or from the copy. */
function readerOf(connection: Http2Connection, timeoutMs: number, kept: KeptCopy): Member['read'] {
  const alone = async (ranges: readonly RangeRead[], from: 'quorum' | 'own', withinMs: number) => {
    const success = ranges.map((range) => ({ request_range: rangeOf(connection, range, from === 'own') }));
    return readPicture(connection, await connection.call('txn', { success }, withinMs), ranges.length);
  };
  const together = (from: 'quorum' | 'own', withinMs: number) =>
    batchedReads((ranges) => alone(ranges, from, withinMs));
  const newest = (withinMs: number): Read => {
    const question = batchedReads(async () => ({
      answers: [],
      revision: revisionOf(await connection.call('range', nothing, withinMs)),
    }));
    return copiedReads(kept, question, together('quorum', withinMs));
  };
  const small = new Map([
    [`own ${timeoutMs}`, together('own', timeoutMs)],
    [`quorum ${timeoutMs}`, newest(timeoutMs)],
    [`quorum ${patienceOf(timeoutMs)}`, newest(patienceOf(timeoutMs))],
  ]);
  return (ranges, from, withinMs = timeoutMs) => {
    const isSmall = ranges.every(({ limit }) => limit !== undefined);
    const batch = isSmall ? small.get(`${from} ${withinMs}`) : undefined;
    return batch === undefined ? alone(ranges, from, withinMs) : batch(ranges);
  };
}

/** A range that is empty: no v2 path and no name of a v3 client is so. */
const nothing = { key: Buffer.from([0]), limit: '1', keys_only: true };

/**
 * How long an answer waits for what it can be without, ms of the `timeoutMs` that it has in all. On a machine as fast as others a second: a
 * leader hears from the others every 100 ms, and is replaced after a second.
 */
export function patienceOf(timeoutMs: number): number {
  return timeoutMs / 5;
}

async function statusOf(connection: Http2Connection, timeoutMs: number): Promise<MemberStatus> {
  const message = await connection.call('status', {}, timeoutMs);
  const answer = isRecord(message) ? message : {};
  const header = isRecord(answer['header']) ? answer['header'] : {};
  return {
    clusterId: hexadecimal(header['cluster_id']),
    memberId: hexadecimal(header['member_id']),
    leaderId: hexadecimal(answer['leader']),
    raftIndex: decimal(answer['raftIndex']),
    raftTerm: decimal(answer['raftTerm']),
    revision: revisionOf(answer),
  };
}

/** Many requests at once ask once. A failure is told to those who wait for it, and not kept. */
function recent<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: { at: number; answer: Promise<T> } | undefined;
  return () => {
    if (known && performance.now() - known.at < keptMs) return known.answer;
    const asked = { at: performance.now(), answer: ask() };
    known = asked;
    asked.answer.catch(() => {
      if (known === asked) known = undefined;
    });
    return asked.answer;
  };
}

const keptMs = 200;

/** An id as v2 writes it; what is 0 the gateway leaves out. */
export function hexadecimal(id: unknown): string {
  return BigInt(decimal(id)).toString(16);
}

function decimal(number: unknown): string {
  return typeof number === 'string' ? number : '0';
}
