import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { presenceRenewalMs } from '../harness/prediction/detection.ts';
import type { ClusterView } from '../harness/record/cluster-view.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import type { JournalLine } from '../harness/record/journal-line.ts';
import type { Prediction } from '../harness/record/run-report.ts';
import type { Finding } from '../harness/record/verdict.ts';
import type { ScenarioContext } from '../scenario.ts';
import { type Roles, unitsOn } from './roles.ts';

const stopDeadlineMs = 60_000;

/**
 * With a fence, the machine that stayed stops its units when nobody has told it that the others are off: for all that it knows they have a quorum, and start
 * its units elsewhere.
 * @param last the fault that took the quorum
 * @throws LabError `timeout.condition` when its units do not stop
 */
export async function askFencedMachine(
  context: ScenarioContext,
  { witness }: Roles,
  before: ClusterView,
  last: ActiveFault,
): Promise<void> {
  const { lab } = context;
  const units = unitsOn(before, witness);
  await context.until(noneActive(await lab.machine(witness), units), { within: stopDeadlineMs });
  const wallToRunMs = Date.now() - context.now();
  const lines = await lab.journal.lines(['fleet.service']);
  const closedMs = whenFenceClosed(lines, witness, last.fromMs, wallToRunMs);
  context.measure('fence closed', {
    from: last.fromMs,
    to: closedMs,
    predicted: predictFence(last, lab.config.timers),
    group: 'without a quorum',
  });
  context.invariant(fencedFinding(witness, units, closedMs, await lab.docker.running(witness)));
}

/** From the fault until the fence closes, ms: by how old the last answer of etcd may be, and how long the fault took. Pure. */
export function predictFence(
  { fromMs, doneMs }: Pick<ActiveFault, 'fromMs' | 'doneMs'>,
  timers: LabConfig['timers'],
): Prediction {
  const ttlMs = timers.fleetAgentTtlMs;
  const renewMs = presenceRenewalMs(timers);
  return {
    minMs: ttlMs - renewMs - 500,
    maxMs: ttlMs + (doneMs - fromMs) + 500,
    terms: `${ttlMs / 1_000} s from etcd's last answer, which was up to ${renewMs / 1_000} s old`,
  };
}

/**
 * When a machine's fleet first said, after `fromMs`, that it stops its units; ms of the run, as `fromMs` is. Undefined: it never did. Pure.
 * @param wallToRunMs the wall clock at the run's beginning, ms: a line has no other time
 */
export function whenFenceClosed(
  lines: readonly JournalLine[],
  machine: string,
  fromMs: number,
  wallToRunMs: number,
): number | undefined {
  const closed = lines
    .filter((line) => line.machine === machine && line.message.includes('fence event=closed'))
    .map(({ wallMs }) => Math.round(wallMs - wallToRunMs));
  return closed.find((atMs) => atMs >= fromMs);
}

/**
 * Whether the machine ran nothing that others might run by then, because its fence had closed. Pure.
 * @param containers what its Docker engine still runs
 */
export function fencedFinding(
  machine: string,
  units: readonly string[],
  closedMs: number | undefined,
  containers: readonly string[],
): Finding {
  const left = containers.length === 0 ? 'no container runs' : `containers: ${containers.join(', ')}`;
  return {
    name: `${machine} stops its units: others might have a quorum and start them`,
    verdict: containers.length === 0 && closedMs !== undefined ? 'pass' : 'fail',
    evidence: closedMs === undefined ? `no fence of ${machine} closed` : `${units.length} units stopped; ${left}`,
  };
}

/** No unit of a machine is active any more, by its own systemd. */
export function noneActive(
  machine: { readonly name: string; exec(argv: readonly string[]): Promise<{ readonly stdout: string }> },
  units: readonly string[],
): Condition {
  return {
    name: `${machine.name} has stopped its units`,
    missing: async () => {
      const { stdout } = await machine.exec(['systemctl', 'is-active', ...units]);
      const states = stdout.trim().split('\n');
      const left = units.filter((_, i) => states[i] !== 'inactive' && states[i] !== 'failed');
      return left.length === 0 ? undefined : `still there: ${left.join(', ')}`;
    },
  };
}
