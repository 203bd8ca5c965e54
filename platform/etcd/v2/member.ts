import { LabError } from '#errors/lab-error.ts';
import { ask, isRecord } from '../ask.ts';
import type { WatchStream, WatchStreamHandlers } from '../connection.ts';
import { isEtcdAway } from '../etcd-failure.ts';
import { gatewayConnection } from '../gateway-connection.ts';
import type { EtcdStore } from '../store.ts';
import { storeOver } from '../store-over.ts';
import { wire } from '../wire.ts';
import { toldKey } from './action.ts';
import { compareOf, rangeOf, readPicture, revisionOf, writeOf, type Picture, type RangeRead } from './member-wire.ts';
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
