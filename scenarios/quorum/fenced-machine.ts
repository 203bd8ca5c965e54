import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import { presenceRenewalMs } from '../harness/prediction/detection.ts';
import type { ClusterView } from '../harness/record/cluster-view.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import type { JournalLine } from '../harness/record/journal-line.ts';
import type { ScenarioContext } from '../scenario.ts';
import { type Roles, unitsOn } from './roles.ts';

const stopDeadlineMs = 60_000;

/**
 * With a fence, the machine that stayed stops its units when nobody has told it that the others are off: for all that it knows they have a quorum, and start
 * its units elsewhere.
 * @param last the fault that took the quorum
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
  const closedMs = fenceClosedMs(await lab.journal.lines(['fleet.service']), witness, last.fromMs, context);
  const ttlMs = lab.config.timers.fleetAgentTtlMs;
  const renewMs = presenceRenewalMs(lab.config.timers);
  context.measure('fence closed', {
    from: last.fromMs,
    to: closedMs,
    predicted: {
      minMs: ttlMs - renewMs - 500,
      maxMs: ttlMs + (last.doneMs - last.fromMs) + 500,
      terms: `${ttlMs / 1_000} s from etcd's last answer, which was up to ${renewMs / 1_000} s old`,
    },
    group: 'without a quorum',
  });
  const containers = await lab.docker.running(witness);
  context.invariant({
    name: `${witness} stops its units: others might have a quorum and start them`,
    verdict: containers.length === 0 && closedMs !== undefined ? 'pass' : 'fail',
    evidence:
      closedMs === undefined
        ? `no fence of ${witness} closed`
        : `${units.length} units stopped; ${containers.length === 0 ? 'no container runs' : `containers: ${containers.join(', ')}`}`,
  });
}

/** When its fleet said that it stops its units, ms of the run. */
function fenceClosedMs(
  lines: readonly JournalLine[],
  machine: string,
  fromMs: number,
  { now }: Pick<ScenarioContext, 'now'>,
): number | undefined {
  const wallToRunMs = Date.now() - now();
  const closed = lines
    .filter((line) => line.machine === machine && line.message.includes('fence event=closed'))
    .map(({ wallMs }) => Math.round(wallMs - wallToRunMs));
  return closed.find((atMs) => atMs >= fromMs);
}

function noneActive(
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
