import type { FailoverSteps } from '../harness/prediction/failover-steps.ts';
import { floorMs, sum } from '../harness/prediction/terms.ts';
import type { Prediction } from '../harness/record/run-report.ts';
import type { ScenarioContext } from '../scenario.ts';
import type { FailoverTimeline, Moment } from './timeline.ts';

/** The steps of a failover in their order: name on the timeline, name of the time it took, what it follows. */
const steps = [
  { key: 'gone', name: 'machine gone', took: 'detection', after: 'fault' },
  { key: 'rescheduled', name: 'rescheduled', took: 'rescheduling', after: 'gone' },
  { key: 'active', name: 'active', took: 'start elsewhere', after: 'rescheduled' },
  { key: 'registered', name: 'registered', took: 'registration', after: 'active' },
  { key: 'appRestarted', name: 'app restarted', took: 'restart of the first app', after: 'registered' },
  { key: 'goodPage', name: 'first good page', took: 'rows on the page', after: 'appRestarted' },
] as const;

const returning = [
  { key: 'back', name: 'machine back', took: 'return of the machine', after: 'undo' },
  { key: 'oldCopiesStopped', name: 'old copies stopped', took: 'stopping what had moved away', after: 'undo' },
  { key: 'webBack', name: 'third web back', took: 'the displaced web unit', after: 'back' },
  { key: 'pageBack', name: 'third page back', took: 'rows on its page', after: 'webBack' },
] as const;

/**
 * Puts the timeline and the time of each step against its prediction into the report.
 * @param undoMs when the undoing of the fault began, ms of the run
 * @param endMs when all units ran again
 */
export function reportFigures(
  context: Pick<ScenarioContext, 'mark' | 'measure' | 'fact'>,
  timeline: FailoverTimeline,
  predicted: FailoverSteps,
  undoMs: number | undefined,
  endMs: number | undefined,
): void {
  const faultMs = timeline.fault.atMs;
  context.mark('fault', faultMs, { detail: timeline.fault.detail });
  let sinceFault: Prediction | undefined;
  let reached: Moment = timeline.fault;
  const waits: Prediction[] = [];
  for (const { key, name, took } of steps) {
    const moment = timeline[key];
    if (moment === undefined) continue;
    const step = predicted[key];
    waits.push(step);
    sinceFault = sinceFault === undefined ? step : sum(sinceFault, step);
    const headline = name === 'first good page';
    context.mark(name, moment.atMs, { detail: moment.detail, predicted: sinceFault, headline });
    if (reached.atMs !== undefined) {
      context.measure(took, {
        group: 'failover',
        from: reached.atMs,
        to: moment.atMs,
        predicted: step,
        detail: moment.detail,
      });
    }
    reached = moment;
  }
  for (const { key, name, took, after } of returning) {
    const moment = timeline[key];
    if (moment === undefined || (moment.atMs === undefined && undoMs === undefined)) continue;
    context.mark(name, moment.atMs, { detail: moment.detail });
    const from = after === 'undo' ? undoMs : timeline[after]?.atMs;
    if (from !== undefined)
      context.measure(took, {
        group: 'return',
        from,
        to: moment.atMs,
        predicted: predicted[key],
        detail: moment.detail,
      });
  }
  if (endMs === undefined || reached.atMs === undefined) return;
  const whole = [...waits, predicted.back, predicted.webBack, predicted.pageBack];
  // The floor is the middle of each predicted wait, one after another.
  const floor = floorMs(whole);
  const all = { from: faultMs, to: endMs, predicted: { ...sum(...whole), terms: 'all of the steps above' } };
  context.measure('the fault until all runs as before', { group: 'whole', ...all });
  context.fact('total s', round(endMs - faultMs));
  context.fact('floor s', round(floor));
  context.fact('total / floor', Number(((endMs - faultMs) / floor).toFixed(2)));
}

function round(ms: number): number {
  return Number((ms / 1000).toFixed(1));
}
