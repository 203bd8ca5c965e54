import type { LabConfig } from '#provision/config/lab-config.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { FailoverSteps } from '../harness/prediction/failover-steps.ts';
import { sum, term } from '../harness/prediction/terms.ts';
import { retryMs, servicesEveryTicks, usualRate } from '../harness/probes/probe-timers.ts';
import type { ProbeName } from '../harness/record/sample.ts';
import type { Prediction } from '../harness/record/run-report.ts';

/** The longest time without an answer from any machine, where timers tell it. */
export type OutagePredictions = Readonly<Partial<Record<ProbeName, Prediction>>>;

/** The SDK is told of another address when the keys are looked at, and tries to connect again and again. */
const reconnect = term(
  'the client finds the new address',
  0,
  servicesEveryTicks * (1_000 / usualRate) + retryMs.couchbase,
);
/** So does the Socket.IO client. */
const revisit = term('the browser connects again', 0, retryMs.socket);

/**
 * At most one machine is away, so what three machines serve is away only while all of its copies restart (the web units, at
 * an announcement), etcd elects a leader, or the one Couchbase moves. A memcached or page of one machine is away while
 * that boots, and no timer tells how long. Pure.
 * @param reboots the steps of a failover, of each machine when it was rebooted
 */
export function predictOutages(
  reboots: readonly FailoverSteps[],
  { etcdElectionMs }: Pick<LabConfig['timers'], 'etcdElectionMs'>,
): OutagePredictions {
  const election = term(`etcd election up to ${statedSeconds(2 * etcdElectionMs)}`, 0, 2 * etcdElectionMs);
  const apps = atMost(reboots.map(({ appRestarted }) => appRestarted));
  const moved = atMost(
    reboots.map(({ gone, rescheduled, active, registered }) => sum(gone, rescheduled, active, registered)),
  );
  return {
    'etcd-read': election,
    'etcd-write': election,
    ...(apps !== undefined && { page: apps, socket: sum(apps, revisit) }),
    ...(moved !== undefined && { couchbase: sum(moved, reconnect) }),
  };
}

/** Whichever takes the longest; none of them need happen. */
function atMost(all: readonly Prediction[]): Prediction | undefined {
  const [longest] = [...all].sort((a, b) => b.maxMs - a.maxMs);
  return longest === undefined ? undefined : { ...longest, minMs: 0 };
}
