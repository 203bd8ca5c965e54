import { concerns } from '../history/concerns.ts';
import { eventText } from '../history/event-text.ts';
import type { HistoryEvent } from '../history/event.ts';
import { actionText, type Plan } from '../plan/plan.ts';
import { runPlan, type RunOptions } from '../run/run-plan.ts';

/** Lines of the history that are shown, the last ones. */
const mostLines = 60;

/** What a plan does and what comes of it, for a person: the plan, then the end of its history as far as it has to do with the violation. */
export async function transcript(plan: Plan, options: Pick<RunOptions, 'tampering'>): Promise<string> {
  const events: HistoryEvent[] = [];
  const { violation } = await runPlan(plan, { ...options, onEvent: (event) => events.push(event) });
  const { machines, members, ttlSeconds, resyncMs } = plan.fleet;
  const rounds = plan.rounds.flatMap(({ lengthMs, actions }) => [
    `  a round of ${lengthMs / 1000} s:`,
    ...actions.map((action) => `  ${(action.atMs / 1000).toFixed(3).padStart(9)}  ${actionText(action)}`),
  ]);
  const told = events.filter((event) => concerns(event, violation?.what ?? '')).map(eventText);
  return [
    `seed ${plan.seed}: ${machines} machines, ${members} etcd members, TTL ${ttlSeconds} s, look at systemd every ${resyncMs / 1000} s`,
    ...rounds,
    'what happens (s):',
    ...(told.length > mostLines ? [`  … ${told.length - mostLines} lines before`] : []),
    ...told.slice(-mostLines),
    violation === undefined ? 'no violation' : `${violation.checker}: ${violation.what}`,
  ].join('\n');
}
