import { activeSpans, unitsSeen } from '../record/replay.ts';
import type { RunRecord } from '../record/run-record.ts';
import { difference, intersection } from '../record/spans.ts';
import { unreachableSpans } from '../record/unreachable.ts';
import { seconds } from '#errors/seconds.ts';
import type { Finding } from '../record/verdict.ts';
import { lookMs, uncounted } from './placement.ts';

/** No two web units active on one machine (`Conflicts=web@*.service`). What an unreachable machine runs does not count. */
export function conflicts(record: RunRecord): Finding {
  const name = 'Conflicts=web@*.service never violated';
  const webs = unitsSeen(record.events).filter((unit) => unit.startsWith('web@'));
  let placements = 0;
  for (const { name: machine } of record.config.machines) {
    const unreachable = unreachableSpans(record, machine);
    const active = webs.map((unit) => ({
      unit,
      spans: difference(activeSpans(record.events, unit, machine), unreachable),
    }));
    placements += active.reduce((sum, { spans }) => sum + spans.length, 0);
    for (const [index, one] of active.entries()) {
      for (const other of active.slice(index + 1)) {
        const both = intersection(one.spans, other.spans).find(({ fromMs, toMs }) => toMs - fromMs >= lookMs);
        if (both === undefined) continue;
        const evidence = `${one.unit} and ${other.unit} both active on ${machine} at ${seconds(both.fromMs)}`;
        return { name, verdict: 'fail', evidence };
      }
    }
  }
  if (placements === 0) return { name, verdict: 'unknown', evidence: 'no web unit was seen active' };
  return {
    name,
    verdict: 'pass',
    evidence: `${placements} placements of ${webs.length} web units checked${uncounted(record)}`,
  };
}
