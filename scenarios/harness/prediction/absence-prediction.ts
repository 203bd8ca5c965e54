import { statedSeconds } from '#errors/seconds.ts';
import type { FailoverSteps } from './failover-steps.ts';
import { appTimers } from './stated-timers.ts';
import { sum, term } from './terms.ts';
import type { Prediction } from '../record/run-report.ts';

/** What timers say about a machine that leaves in order and returns; how long it boots they do not say. */
export interface AbsencePrediction {
  /** From the fault until fleet no longer lists it. */
  readonly gone: Prediction;
  /** From the fault until all that can run without it runs elsewhere; undefined when nothing has to move. */
  readonly elsewhere: Prediction | undefined;
  /** From fleet listing it again until its web unit, which no other machine could take, runs on it. */
  readonly webBack: Prediction;
  /** From fleet listing it again until every unit runs: what moved may still be under way. */
  readonly allRun: Prediction;
  /** From then until every page shows rows. */
  readonly rows: Prediction;
}

/** @param moves is there anything on the machine that another one takes? Pure. */
export function predictAbsence(steps: FailoverSteps, moves: boolean): AbsencePrediction {
  const { gone, rescheduled, active, registered, appRestarted, goodPage } = steps;
  const started = sum(gone, rescheduled, active);
  const appsAgain = sum(registered, appRestarted, goodPage);
  const webBack = sum(rescheduled, steps.webBack);
  const moving = sum(rescheduled, active, appsAgain);
  return {
    gone,
    // An app that waits its RestartSec is not running yet; whether it has begun to when it is looked at is chance.
    elsewhere: moves
      ? {
          minMs: started.minMs,
          maxMs: started.maxMs + appsAgain.maxMs,
          terms: `${started.terms}, at most + ${appsAgain.terms}`,
        }
      : undefined,
    webBack,
    allRun: moves
      ? { minMs: 0, maxMs: Math.max(webBack.maxMs, moving.maxMs), terms: `the rest of ${moving.terms}` }
      : webBack,
    rows: sum(
      term(`the page's query every ${statedSeconds(appTimers.queryMs)}`, 0, appTimers.queryMs),
      term('allowance for an app that has just been started', 0, 3_000),
    ),
  };
}
