import { statedSeconds } from '#errors/seconds.ts';
import { appTimers } from '../harness/prediction/stated-timers.ts';
import type { Prediction } from '../harness/record/run-report.ts';
import type { LayerMoments } from './layer-moments.ts';
import type { StackLayer } from '../stack/stack.ts';

/** One step of a layer: from the step before it to its own moment, ms of the run. */
export interface LayerStep {
  readonly name: string;
  readonly from: number;
  readonly to: number | undefined;
  readonly predicted?: Prediction;
}

/** What a layer shows of itself beyond its units and keys, in order. */
export interface LayerExtra {
  readonly name: string;
  readonly at: number | undefined;
  readonly predicted?: Prediction;
}

/**
 * A layer's start as steps that follow each other, and `in all` from the reader's command on. Couchbase's unit is active only after its
 * node is initialised, the others' as soon as `docker run` was called: so the order differs. Steps without a timer in them have no
 * prediction: only work takes time there. Pure.
 */
export function layerSteps(
  layer: StackLayer,
  askedMs: number,
  moments: LayerMoments,
  extras: readonly LayerExtra[],
): LayerStep[] {
  const { placed, started, active, registered } = moments;
  const running: LayerExtra[] = [
    { name: 'container started', at: started },
    { name: 'active', at: active },
  ];
  const order: LayerExtra[] = [
    { name: 'placed', at: placed },
    ...(layer.name === 'couchbase' ? running : running.toReversed()),
    ...(layer.keys.length === 0 ? [] : [{ name: 'key registered', at: registered }]),
    ...extras,
  ];
  let latest = askedMs;
  const steps = order.map(({ name, at, predicted }): LayerStep => {
    const from = Math.min(latest, at ?? latest);
    latest = Math.max(latest, at ?? latest);
    return { name, from, to: at, ...(predicted === undefined ? {} : { predicted }) };
  });
  const whole = order.some(({ at }) => at === undefined) ? undefined : latest;
  return [...steps, { name: 'in all', from: askedMs, to: whole }];
}

/** RSVPs come at random, this many a second on average; nineteen of twenty gaps are shorter than three times the mean. */
export function rsvpPrediction(rate: number): Prediction {
  return { minMs: 0, maxMs: Math.round(3000 / rate), terms: `${rate} RSVPs a second, at random` };
}

/** The page's query: at once when web starts, later by its timer. */
export const pagePrediction: Prediction = {
  minMs: 0,
  maxMs: appTimers.queryMs,
  terms: `the page’s query, every ${statedSeconds(appTimers.queryMs)}`,
};
