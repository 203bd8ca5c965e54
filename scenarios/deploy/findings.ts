import { messagesWithRows } from '../harness/record/messages-with-rows.ts';
import type { RunRecord } from '../harness/record/run-record.ts';
import type { Finding } from '../harness/record/verdict.ts';
import { startsOf } from './layer-moments.ts';
import { allUnits } from '../stack/stack.ts';

/** What a deployment proves beyond the conditions that the run itself waited for. Pure. */
export function deployFindings(
  { events, journal, config }: Pick<RunRecord, 'events' | 'journal' | 'config'>,
  fromMs: number,
): Finding[] {
  const messages = messagesWithRows(events, fromMs);
  const pages = new Set(messages.map(({ data }) => data.machine));
  const newest = new Set(messages.map(({ data }) => data.firstKey));
  const machines = config.machines.map(({ name }) => name);
  const without = machines.filter((name) => !pages.has(name));
  return [
    {
      name: 'the page shows RSVPs on every machine, and new ones as they come',
      verdict: without.length === 0 && newest.size >= 2 ? 'pass' : 'fail',
      evidence:
        without.length === 0
          ? `${messages.length} messages with rows, newest row changed ${newest.size - 1} times`
          : `no rows on ${without.join(', ')}`,
    },
    startedOnce(journal),
  ];
}

/** A unit that had to be restarted found something missing that it needs: the layers were not ready when they said so. */
function startedOnce(journal: RunRecord['journal']): Finding {
  const name = 'every unit was started once: nothing failed for want of a layer below';
  const starts = [...startsOf(journal, allUnits)];
  const unseen = starts.filter(([, count]) => count === 0).map(([unit]) => unit);
  if (unseen.length > 0)
    return { name, verdict: 'unknown', evidence: `no start in the journals of ${unseen.join(', ')}` };
  const again = starts.filter(([, count]) => count > 1).map(([unit, count]) => `${unit} ${count} times`);
  if (again.length > 0) return { name, verdict: 'fail', evidence: again.join(', ') };
  return { name, verdict: 'pass', evidence: `${starts.length} units, ${starts.length} starts` };
}
