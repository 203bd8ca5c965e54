import type { Prediction } from '../record/run-report.ts';
import { term } from './terms.ts';

/**
 * What no timer configures: containers, processes and machines that start. Allowances between the best seen on an idle host
 * and what two cores need that other work keeps fairly busy; a host under heavy load takes longer, and is shown so. They are
 * shown as allowances, never as predictions of a timer.
 */
const ofContainers = {
  couchbaseStart: term(
    'allowance for Couchbase: docker rm and pull, container, cluster-init, bucket-create',
    2_000,
    6_000,
  ),
  containerStart: term('allowance for a container: docker rm and pull, run, the app', 700, 3_000),
  sidekickStart: term('allowance for the sidekick: etcdctl rm, its process, what Docker and etcd answer', 400, 1_500),
  // systemd calls the unit active when it has started Docker's client.
  webShows: term('allowance for the container, the app and its first query', 0, 3_000),
  machineBoot: term('allowance for booting a machine until fleet lists it', 3_000, 8_000),
  unitsStop: term('allowance for stopping containers', 200, 3_000),
} as const;

/**
 * The allowances for machines whose timers are `stretch` times as long. An emulated guest is behind with work by more than with
 * waiting: with timers ten times as long, Couchbase took 73 times as long to start elsewhere (docs/results.md).
 */
export function allowancesFor(stretch: number): Readonly<Record<keyof typeof ofContainers, Prediction>> {
  const times = Math.max(stretch, stretch ** 2 / 2);
  const slower = ({ minMs, maxMs, terms }: Prediction) => ({ minMs, maxMs: maxMs * times, terms });
  const entries = Object.entries(ofContainers).map(([name, allowance]) => [name, slower(allowance)]);
  return Object.fromEntries(entries) as Record<keyof typeof ofContainers, Prediction>;
}
