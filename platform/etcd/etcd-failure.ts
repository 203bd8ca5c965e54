import { LabError } from '#errors/lab-error.ts';

/**
 * What went wrong with one request, as the LabError code that decides what a caller may do next:
 * - `timeout.etcd-connect`  nobody there; the request was never sent, so it may be sent elsewhere
 * - `timeout.etcd`          no answer (in time), or no leader: the outcome of a write is unknown
 * - `state.etcd-lease`      the lease is gone
 * - `state.etcd-compacted`  the wanted history is gone
 * - `internal.etcd`         etcd refused the request itself
 */
export function etcdFailure(kind: EtcdFailureKind, endpoint: string, what: string, detail: string): LabError {
  return new LabError({ code: kind, cause: causes[kind](endpoint, what), evidence: [detail], next: remedies[kind] });
}

export type EtcdFailureKind =
  'timeout.etcd-connect' | 'timeout.etcd' | 'state.etcd-lease' | 'state.etcd-compacted' | 'internal.etcd';

/** True when the store could not be reached or had no quorum: worth trying again later, nothing is wrong with the request. */
export function isEtcdAway(error: unknown): boolean {
  return error instanceof LabError && (error.code === 'timeout.etcd' || error.code === 'timeout.etcd-connect');
}

/** gRPC status codes as in the gRPC core document "Status codes and their use". */
export function failureFromStatus(status: number, message: string, endpoint: string, what: string): LabError {
  if (message.includes('requested lease not found')) return etcdFailure('state.etcd-lease', endpoint, what, message);
  if (message.includes('has been compacted')) return etcdFailure('state.etcd-compacted', endpoint, what, message);
  const neverSent = /No connection established|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|Waiting for LB pick/.test(message);
  if (neverSent) return etcdFailure('timeout.etcd-connect', endpoint, what, message);
  const away = awayStatuses.has(status) || endedByItself.test(message);
  return etcdFailure(away ? 'timeout.etcd' : 'internal.etcd', endpoint, what, message);
}

/** CANCELLED (the stream was cut), DEADLINE_EXCEEDED, UNAVAILABLE (no leader, connection lost, member stopping). */
const awayStatuses: ReadonlySet<number> = new Set([1, 4, 14]);

/**
 * A request that ran out inside the member comes back as UNKNOWN with the text of Go's or raft's own error (seen on a busy host:
 * "2 UNKNOWN: context deadline exceeded"), one that its connection took along as INTERNAL: nobody judged the request either way.
 */
const endedByItself =
  /context (deadline exceeded|canceled)|raft proposal dropped|raft: stopped|etcdserver: (server stopped|request timed out|leader changed|no leader)|RST_STREAM/;

const causes: Record<EtcdFailureKind, (endpoint: string, what: string) => string> = {
  'timeout.etcd-connect': (endpoint, what) => `cannot connect to etcd at ${endpoint} (${what})`,
  'timeout.etcd': (endpoint, what) =>
    `etcd at ${endpoint} gave no answer in time (${what}): no quorum, or the member is down`,
  'state.etcd-lease': (endpoint, what) => `etcd at ${endpoint}: the lease no longer exists (${what})`,
  'state.etcd-compacted': (endpoint, what) => `etcd at ${endpoint}: the wanted revision has been compacted (${what})`,
  'internal.etcd': (endpoint, what) => `etcd at ${endpoint} refused a request (${what})`,
};

const remedies: Record<EtcdFailureKind, string> = {
  'timeout.etcd-connect': 'systemctl status etcd',
  'timeout.etcd': 'etcdctl endpoint health --cluster',
  'state.etcd-lease': 'grant a new lease',
  'state.etcd-compacted': 'list the keys again and watch from that revision',
  'internal.etcd': 'journalctl -u etcd -n 50',
};
