import { activeSpans, unitsSeen } from '../record/replay.ts';
import type { RunRecord } from '../record/run-record.ts';
import { difference, intersection, union } from '../record/spans.ts';
import { unreachableSpans } from '../record/unreachable.ts';
import { seconds } from '#errors/seconds.ts';
import type { Finding } from '../record/verdict.ts';
import { lookMs, uncounted } from './placement.ts';

/**
 * No sidekick active on a machine while its principal is active on another one only (`MachineOf=`). What an unreachable
 * machine runs does not count. A sidekick whose principal has just stopped is systemd's to stop (`BindsTo=`).
 */
export function machineOf(record: RunRecord): Finding {
  const name = "MachineOf: every sidekick on its principal's machine";
  const machines = record.config.machines.map((machine) => machine.name);
  const reachable = (unit: string, machine: string) =>
    difference(activeSpans(record.events, unit, machine), unreachableSpans(record, machine));
  const sidekicks = unitsSeen(record.events).filter((unit) => unit.includes('-sidekick@'));
  let placements = 0;
  for (const sidekick of sidekicks) {
    const principal = sidekick.replace('-sidekick@', '@');
    for (const machine of machines) {
      const here = reachable(sidekick, machine);
      placements += here.length;
      const elsewhere = union(machines.filter((m) => m !== machine).flatMap((m) => reachable(principal, m)));
      const astray = intersection(difference(here, activeSpans(record.events, principal, machine)), elsewhere);
      const found = astray.find(({ fromMs, toMs }) => toMs - fromMs >= lookMs);
      if (found === undefined) continue;
      const evidence = `${sidekick} on ${machine}, ${principal} elsewhere at ${seconds(found.fromMs)}`;
      return { name, verdict: 'fail', evidence };
    }
  }
  if (placements === 0) return { name, verdict: 'unknown', evidence: 'no sidekick was seen active' };
  return {
    name,
    verdict: 'pass',
    evidence: `${placements} placements of ${sidekicks.length} sidekicks checked${uncounted(record)}`,
  };
}
