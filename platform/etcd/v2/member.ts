import { LabError } from '../../../errors/lab-error.ts';
import { ask, isRecord } from '../ask.ts';
import type { Connection, WatchStream, WatchStreamHandlers } from '../connection.ts';
import { isEtcdAway } from '../etcd-failure.ts';
import { gatewayConnection } from '../gateway-connection.ts';
import type { EtcdStore, KeyValue } from '../store.ts';
import { storeOver } from '../store-over.ts';
import { prefixEnd, wire } from '../wire.ts';
import { toldKey } from './action.ts';
import type { Condition, PlannedWrite } from './write-plan.ts';

/** The one etcd member that the v2 API answers from, by its JSON gateway. Requests reject with a LabError of `etcdFailure`. */
export interface Member {
  readonly endpoint: string;
  /** ms for one request. */
  readonly timeoutMs: number;
  readonly leases: Pick<EtcdStore, 'grantOnce' | 'keepAliveOnce' | 'leaseTtl' | 'revokeLease'>;
  /** All at one revision. `own`: from the member's own copy, which may be old, and needs no quorum. */
  read(ranges: readonly RangeRead[], from: 'quorum' | 'own', timeoutMs?: number): Promise<Picture>;
  /** Undefined: a condition did not hold, and nothing was written. @returns the revision of the write */
  write(conditions: readonly Condition[], writes: readonly PlannedWrite[], lease?: string): Promise<number | undefined>;
  /** Whether a watch can begin at that revision, which is no future one: false when it was compacted. */
  hasHistory(revision: number): Promise<boolean>;
  /** At most a fifth of a second old. */
  status(): Promise<MemberStatus>;
  /** Every event of every key from a revision on, with the key as it was before; messages are read with `wire.readWatch`. */
  watch(fromRevision: number, on: WatchStreamHandlers): WatchStream;
  close(): Promise<void>;
}

export interface RangeRead {
  key: string;
  prefix?: boolean;
  limit?: number;
  keysOnly?: boolean;
}

export interface Picture {
  answers: KeyValue[][];
  revision: number;
}

export interface MemberStatus {
  /** Hexadecimal, as v2 writes ids. */
  clusterId: string;
  memberId: string;
  /** '0': there is none. */
  leaderId: string;
  raftIndex: string;
  raftTerm: string;
  revision: number;
}

/** @param timeoutMs for each request */
export function gatewayMember(endpoint: string, timeoutMs: number): Member {
  const connection = gatewayConnection(endpoint);
  const leases = storeOver([connection], timeoutMs);
  return {
    endpoint,
    timeoutMs,
    leases,
    async read(ranges, from, withinMs = timeoutMs) {
      const success = ranges.map((range) => ({ request_range: rangeOf(connection, range, from === 'own') }));
      const answer = await connection.call('txn', { success }, withinMs);
      return readPicture(connection, answer, ranges.length);
    },
    async write(conditions, writes, lease) {
      const compare = conditions.map((condition) => compareOf(connection, condition));
      const success = writes.map((write) => writeOf(connection, write, lease));
      const answer = await connection.call('txn', { compare, success }, timeoutMs);
      return isRecord(answer) && answer['succeeded'] === true ? revisionOf(answer) : undefined;
    },
    async hasHistory(revision) {
      const range = rangeOf(connection, { key: toldKey, limit: 1, keysOnly: true }, true);
      try {
        await connection.call('range', { ...range, revision: String(revision) }, timeoutMs);
        return true;
      } catch (error) {
        if (error instanceof LabError && error.code === 'state.etcd-compacted') return false;
        throw error;
      }
    },
    status: recent(() => statusOf(endpoint, timeoutMs)),
    watch(fromRevision, on) {
      const everything = wire.rangeRequest(connection.bytes, '', true);
      const create_request = {
        ...everything,
        prev_kv: true,
        progress_notify: true,
        start_revision: String(fromRevision),
      };
      return connection.watch({ create_request }, on);
    },
    close: () => leases.close(),
  };
}

/**
 * Reads as v2 does when nobody asked for a quorum: the newest there is, and the member's own copy when there is no quorum.
 * @param quorum without one the read fails
 */
export async function readFresh(
  member: Member,
  ranges: readonly RangeRead[],
  quorum: boolean,
  status: Promise<MemberStatus>,
): Promise<Picture> {
  if (quorum) return member.read(ranges, 'quorum');
  if ((await status).leaderId === '0') return member.read(ranges, 'own');
  try {
    return await member.read(ranges, 'quorum', Math.min(patienceMs, member.timeoutMs));
  } catch (error) {
    if (!isEtcdAway(error)) throw error;
    return member.read(ranges, 'own');
  }
}

/** For the leader to say that it still is: it hears from the others every 100 ms, and is replaced after a second. */
const patienceMs = 1000;

function rangeOf(connection: Connection, range: RangeRead, serializable: boolean) {
  const request = wire.rangeRequest(connection.bytes, range.key, range.prefix === true);
  return { ...request, serializable, limit: String(range.limit ?? 0), keys_only: range.keysOnly === true };
}

function readPicture(connection: Connection, answer: unknown, count: number): Picture {
  const responses = isRecord(answer) && Array.isArray(answer['responses']) ? answer['responses'] : [];
  const answers = Array.from({ length: count }, (_, i) => {
    const response: unknown = responses[i];
    const range = isRecord(response) ? response['response_range'] : undefined;
    return wire.readRange(connection.bytes, range ?? {}).items;
  });
  return { answers, revision: revisionOf(answer) };
}

function revisionOf(answer: unknown): number {
  return wire.readRange({ encode: String, decode: String }, answer).revision;
}

/** Compare.CompareResult EQUAL = 0, LESS = 2; Compare.CompareTarget VERSION = 0, MOD = 2. A range holds when each key in it does. */
function compareOf(connection: Connection, condition: Condition) {
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
  const key = bytes(condition.key);
  if ('absent' in condition) return { key, result: 0, target: 0, version: '0' };
  return { key, result: 0, target: 2, mod_revision: String(condition.modRevision) };
}

function writeOf(connection: Connection, write: PlannedWrite, lease: string | undefined) {
  const form = connection.bytes;
  if ('delete' in write) return { request_delete_range: wire.deleteRequest(form, write.delete, write.prefix === true) };
  const hangsOn = write.leased === true ? lease : undefined;
  return { request_put: wire.putRequest(form, write.put, write.value, hangsOn) };
}

async function statusOf(endpoint: string, timeoutMs: number): Promise<MemberStatus> {
  const answer = await ask({ endpoints: [endpoint], timeoutMs }, '/v3/maintenance/status', {});
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
