import { statedSeconds } from '#errors/seconds.ts';
import { bookWaits } from '../harness/prediction/stated-timers.ts';
import type { Prediction } from '../harness/record/run-report.ts';
import { delays, type Delays } from './delays.ts';
import type { PhaseName } from './phases.ts';

export const unitKinds = ['book', 'conditions'] as const;
export type UnitKind = (typeof unitKinds)[number];

/** What the embedded server itself takes until 8091 answers, at most. */
const ownStartMs = 1_000;

/**
 * What the timers of the unit and the pretended delays say of a phase, from the phase before it; undefined where only work takes time
 * (pull, container start, couchbase-cli). Work comes on top of every prediction. Pure.
 */
export function predictedPhase(phase: PhaseName, unit: UnitKind, kind: Delays): Prediction | undefined {
  const { startMs, warmupMs } = delays[kind];
  const pretended = (ms: number, what: string) => (ms === 0 ? undefined : { minMs: ms, maxMs: ms, terms: what });
  switch (phase) {
    case '8091 answers':
      return pretended(startMs, `pretended start ${statedSeconds(startMs)}`);
    case 'bucket ready':
      return pretended(warmupMs, `pretended warm-up ${statedSeconds(warmupMs)}`);
    case 'cluster-init done':
      return unit === 'book' ? bookInit(startMs) : undefined;
    default:
      return undefined;
  }
}

/** The book's unit sleeps from the container's start on, then tries again and again. */
function bookInit(startMs: number): Prediction {
  const { sleepMs, retryMs } = bookWaits;
  const left = sleepMs - startMs;
  return left > 0
    ? { minMs: left - ownStartMs, maxMs: left, terms: `sleep ${sleepMs / 1000} from the container’s start on` }
    : { minMs: 0, maxMs: retryMs, terms: `sleep ${retryMs / 1000} between two tries` };
}
