import { LabError } from '#errors/lab-error.ts';
import { type ListedMember, type MemberStatus, readGrantedLease, readMembers, readStatus } from './cluster-messages.ts';
import type { WatchStream, WatchStreamHandlers } from './connection.ts';
import { gatewayConnection } from './gateway-connection.ts';
import type { GatewayMethod } from './gateway-paths.ts';
import type { Listing } from './store.ts';
import { fields, wire } from './wire.ts';

/** One request to one member and how it ended. A refusal is an answer too: whoever asks a single member wants its own word. */
export type GatewayAnswer<T> =
  | { readonly ok: true; readonly value: T; readonly tookMs: number }
  /** `error`: etcd's own words, or why there are none. `code`: as of `etcdFailure`. */
  | { readonly ok: false; readonly error: string; readonly code: LabError['code']; readonly tookMs: number };

/**
 * One member of etcd, asked by itself: the store hides which member answers, and who looks after the cluster must know.
 * `withinMs` bounds each request; longer than etcd's own request timeout (5 s and two elections) shows etcd's own refusal.
 */
export interface OneMember {
  /** @param how.prefix every key that begins so; @param how.stale from its own copy, also without a quorum */
  range(key: string, how: { prefix?: boolean; stale?: boolean }, withinMs: number): Promise<GatewayAnswer<Listing>>;
  /** Writes one key. @param lease id of one that is there: the key goes with it */
  put(key: string, value: string, lease: string | undefined, withinMs: number): Promise<GatewayAnswer<undefined>>;
  /** A lease that nobody renews. */
  grant(ttlSeconds: number, withinMs: number): Promise<GatewayAnswer<{ id: string; ttlSeconds: number }>>;
  /** What is left of a lease, s; below 0 when it is gone. Only a leader knows. */
  leaseSeconds(lease: string, withinMs: number): Promise<GatewayAnswer<number>>;
  /** In etcd 3.4 this is the member's own copy of the list; it answers without a quorum too. */
  members(withinMs: number): Promise<GatewayAnswer<ListedMember[]>>;
  /** Adds a member to the cluster, which counts it for its quorum at once. @param peerUrl where it will be */
  addMember(peerUrl: string, withinMs: number): Promise<GatewayAnswer<undefined>>;
  /** Takes a member out of the cluster. @param id decimal, as of `members` */
  removeMember(id: string, withinMs: number): Promise<GatewayAnswer<undefined>>;
  /** What the member says of itself; it answers without a quorum too. */
  status(withinMs: number): Promise<GatewayAnswer<MemberStatus>>;
  /** Has it a quorum behind it? False also when it does not answer. */
  healthy(withinMs: number): Promise<boolean>;
  /** All keys that begin so, from now on. The stream ends with its member's leader, and is not made anew. */
  watch(prefix: string, on: WatchStreamHandlers): WatchStream;
  /** Lets go of the connection; what is under way fails. */
  close(): void;
}

/** @param endpoint `http://172.17.8.101:12379` (see `memberUrl`) */
export function oneMember(endpoint: string): OneMember {
  const connection = gatewayConnection(endpoint);
  const { bytes } = connection;
  const ask = <T>(method: GatewayMethod, request: object, withinMs: number, read: (message: unknown) => T) =>
    answered(async () => read(await connection.call(method, request, withinMs)));
  const done = () => undefined;
  return {
    range: (key, { prefix = false, stale = false }, withinMs) =>
      ask('range', wire.rangeRequest(bytes, key, prefix, stale), withinMs, (found) => wire.readRange(bytes, found)),
    put: (key, value, lease, withinMs) => ask('put', wire.putRequest(bytes, key, value, lease), withinMs, done),
    grant: (ttlSeconds, withinMs) =>
      ask('leaseGrant', { TTL: String(ttlSeconds), ID: '0' }, withinMs, (lease) => readGrantedLease(lease, endpoint)),
    leaseSeconds: (lease, withinMs) =>
      ask('leaseTimeToLive', { ID: lease }, withinMs, (left) => wire.int(fields(left)?.['TTL'])),
    members: (withinMs) => ask('memberList', {}, withinMs, (list) => readMembers(list, endpoint)),
    addMember: (peerUrl, withinMs) => ask('memberAdd', { peerURLs: [peerUrl] }, withinMs, done),
    removeMember: (id, withinMs) => ask('memberRemove', { ID: id }, withinMs, done),
    status: (withinMs) => ask('status', {}, withinMs, (status) => readStatus(status, endpoint)),
    async healthy(withinMs) {
      const answer = await answered(async () => fields(await connection.health(withinMs))?.['health'] === 'true');
      return answer.ok && answer.value;
    },
    watch: (prefix, on) => connection.watch(wire.watchRequest(bytes, prefix, undefined), on),
    close: () => connection.close(),
  };
}

/** @throws what is no failure of etcd's */
async function answered<T>(request: () => Promise<T>): Promise<GatewayAnswer<T>> {
  const began = performance.now();
  const tookMs = () => Math.round(performance.now() - began);
  try {
    return { ok: true, value: await request(), tookMs: tookMs() };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { code, evidence, message } = error;
    return { ok: false, error: evidence[0] ?? message, code, tookMs: tookMs() };
  }
}
