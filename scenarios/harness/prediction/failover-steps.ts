import type { LabConfig } from '#provision/config/lab-config.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { Prediction } from '../record/run-report.ts';
import { allowancesFor } from './allowances.ts';
import { type FailureKind, predictDetection, presenceRenewalMs, seenLate } from './detection.ts';
import { appTimers, fenceWaitMs } from './stated-timers.ts';
import { sum, term } from './terms.ts';
import type { UnitTimers } from './unit-timers.ts';

const { queryMs, burstMs } = appTimers;

/** Each step of a failover, from the end of the one before. */
export interface FailoverSteps {
  readonly gone: Prediction;
  readonly rescheduled: Prediction;
  readonly active: Prediction;
  readonly registered: Prediction;
  readonly appRestarted: Prediction;
  readonly goodPage: Prediction;
  /** From the undoing of the fault. */
  readonly back: Prediction;
  readonly oldCopiesStopped: Prediction;
  /** From the machine's return until the web unit that had no place runs again. */
  readonly webBack: Prediction;
  /** From then until its page shows rows. */
  readonly pageBack: Prediction;
}

/**
 * @param couchbase is Couchbase what moves? Else a container that starts faster, on which the worker does not depend
 * @param units timers of web@N and worker as their machines have loaded them
 */
export function predictFailover(args: {
  by: FailureKind;
  timers: LabConfig['timers'];
  stretch: number;
  etcdLeader: boolean;
  couchbase: boolean;
  /** Does the worker run on another machine? Then it restarts at Couchbase's announcement, and stores nothing before that. */
  workerStays: boolean;
  /** Is a memcached announced anew too? Then the apps end at that, perhaps before the rest is ready. */
  memcachedMoves: boolean;
  units: { readonly web: UnitTimers; readonly worker: UnitTimers };
  /** Has fleet a fence? Then others leave the units of a machine alone until it must have stopped them. */
  fence: boolean;
}): FailoverSteps {
  const { by, timers, units, fence } = args;
  const allowances = allowancesFor(args.stretch);
  const restart = (name: string, { restartMs }: UnitTimers) =>
    term(`RestartSec of ${name} ${statedSeconds(restartMs)}`, restartMs);
  const gathered = term(`announcements gathered ${statedSeconds(burstMs)}`, burstMs);
  const web = sum(gathered, restart('web', units.web), allowances.containerStart);
  // Of two announcements the first ends the apps: their RestartSec runs beside what follows.
  const earlier = { ...web, minMs: 0, terms: `${web.terms}, begun when memcached was announced` };
  const appRestarted = args.memcachedMoves ? earlier : web;
  const query = term(`the page's query every ${statedSeconds(queryMs)}`, 0, queryMs);
  const workerWaits = sum(gathered, restart('worker', units.worker), allowances.containerStart);
  // A worker that moves may start after the announcement, and need no restart.
  const worker = args.workerStays ? workerWaits : { ...workerWaits, minMs: 0 };
  const firstRows = term('the first query of a page comes with its start', 0, 1_000);
  const rows = args.couchbase ? sum(beyond(worker, appRestarted), query) : firstRows;
  const renewMs = presenceRenewalMs(timers);
  const boots = by === 'halt' || by === 'cut';
  const decided = sum(term('decided on the event', 0, 100), seenLate);
  const waitMs = fenceWaitMs(timers.fleetAgentTtlMs);
  // Who leaves in order says that nothing runs there any more.
  const isFenced = fence && by !== 'halt';
  const again = term(`lease found lost within ${statedSeconds(renewMs)}, registered again`, 0, renewMs + 1_000);
  return {
    gone: predictDetection(by, timers, args.stretch, args.etcdLeader),
    rescheduled: isFenced ? sum(fenced(waitMs), decided) : decided,
    active: args.couchbase ? allowances.couchbaseStart : allowances.containerStart,
    registered: sum(allowances.sidekickStart, seenLate),
    appRestarted,
    goodPage: rows,
    back: boots ? allowances.machineBoot : sum(again, seenLate),
    oldCopiesStopped: sum(term('the agent follows the schedule at once', 0, 1_000), allowances.unitsStop),
    webBack: sum(allowances.containerStart, seenLate),
    // One that ran on where nobody reached it is started anew by its agent, or finds out by itself what has changed.
    pageBack:
      boots || (fence && by === 'partition') || !(args.couchbase || args.memcachedMoves)
        ? allowances.webShows
        : sum({ ...web, minMs: 0, terms: `if it ran on: ${web.terms}` }, firstRows),
  };
}

/**
 * Until a fence of this length is over. It is counted from when an engine misses the machine, and that it is missed is seen late.
 */
function fenced(waitMs: number): Prediction {
  return term(`the fence: ${waitMs / 1000} s for its units to stop`, waitMs - seenLate.maxMs, waitMs);
}

/** How much longer one wait is than another that began with it. */
function beyond(longer: Prediction, shorter: Prediction): Prediction {
  return {
    minMs: Math.max(0, longer.minMs - shorter.maxMs),
    maxMs: Math.max(0, longer.maxMs - shorter.minMs),
    terms: `the worker's (${longer.terms}) beside it`,
  };
}
