import { shutdownWaitS } from '../../../provision/cluster/machine-config.ts';
import type { LabConfig } from '../../../provision/config/lab-config.ts';
import type { Prediction } from '../report/run-report.ts';
import { sum, term } from './terms.ts';

export type FailureKind = 'halt' | 'cut' | 'pause' | 'partition';
type Timers = LabConfig['timers'];

/**
 * The cluster is looked at whenever etcd tells of a change, and at least every 0.3 s when no member does (cluster-watch.ts): what
 * happens is seen at most this much later.
 */
export const seenLate = term('seen within 0.3 s', 0, 300);
/** etcd looks for expired leases every 500 ms (etcd: server/lease/lessor.go, runLoop). */
const expiryCheckMs = 500;

/** The lease a machine's presence hangs on: one second shorter than the TTL, and never under 2 s (docs/decisions/011). */
export function presenceLeaseMs({ fleetAgentTtlMs }: Timers): number {
  return Math.max(2_000, Math.ceil(fleetAgentTtlMs / 1000) * 1000 - 1_000);
}

/**
 * From the fault until fleet no longer lists the machine.
 * @param stretch how many times as long the timers of the machines are that `timers` does not hold
 * @param etcdLeader was the machine etcd's leader? Then a new one is elected first and gives every lease its full time again
 */
export function predictDetection(by: FailureKind, timers: Timers, stretch: number, etcdLeader: boolean): Prediction {
  if (by === 'halt') {
    const waitS = shutdownWaitS * stretch;
    const what = `the units' orderly stop, fleetd waits for it up to ${waitS} s, then gives up its presence`;
    return sum(term(what, 0, waitS * 1000), seenLate);
  }
  const leaseMs = presenceLeaseMs(timers);
  const check = term('expiry noticed', 0, expiryCheckMs);
  if (!etcdLeader) {
    // It is renewed every quarter of its time, so it was between fresh and a quarter used up.
    const lease = term(
      `presence lease ${leaseMs / 1000} s, renewed every ${leaseMs / 4000} s`,
      (leaseMs * 3) / 4,
      leaseMs,
    );
    return sum(lease, check, seenLate);
  }
  const electionMs = timers.etcdElectionMs;
  const election = term(`etcd election ${electionMs / 1000}-${(2 * electionMs) / 1000} s`, electionMs, 2 * electionMs);
  // lessor.Promote: every lease its full time and an election timeout more.
  const lease = term(`presence lease given its full ${(leaseMs + electionMs) / 1000} s again`, leaseMs + electionMs);
  return sum(election, lease, check, seenLate);
}
