import { presenceLeaseSeconds } from '#platform/etcd/keys/fleet-keys.ts';
import { renewalMs } from '#platform/etcd/self-renewing-lease.ts';
import { shutdownWaitS } from '#provision/cluster/ignition/machine-config.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { Prediction } from '../record/run-report.ts';
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

/** The lease a machine's presence hangs on (docs/decisions/011). */
function presenceLease({ fleetAgentTtlMs }: Timers): { readonly leaseMs: number; readonly renewMs: number } {
  const seconds = presenceLeaseSeconds(Math.ceil(fleetAgentTtlMs / 1000));
  return { leaseMs: seconds * 1000, renewMs: renewalMs(seconds) };
}

/** How often a machine renews it; a machine that was away finds out within this that its lease is gone. */
export function presenceRenewalMs(timers: Timers): number {
  return presenceLease(timers).renewMs;
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
  const { leaseMs, renewMs } = presenceLease(timers);
  const check = term('expiry noticed', 0, expiryCheckMs);
  if (!etcdLeader) {
    // It was between fresh and due to be renewed.
    const lease = term(
      `presence lease ${statedSeconds(leaseMs)}, renewed every ${statedSeconds(renewMs)}`,
      leaseMs - renewMs,
      leaseMs,
    );
    return sum(lease, check, seenLate);
  }
  const { etcdElectionMs: electionMs, etcdHeartbeatMs: heartbeatMs } = timers;
  // Followers count it in heartbeats (etcd: raft's tickElection), from the last one, which was before the fault.
  const election = term(
    `etcd election ${electionMs / 1000}-${statedSeconds(2 * electionMs)} from the last heartbeat`,
    electionMs - 2 * heartbeatMs,
    2 * electionMs,
  );
  // lessor.Promote: every lease its full time and an election timeout more.
  const lease = term(
    `presence lease given its full ${statedSeconds(leaseMs + electionMs)} again`,
    leaseMs + electionMs,
  );
  return sum(election, lease, check, seenLate);
}
