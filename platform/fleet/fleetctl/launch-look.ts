import { LabError } from '#errors/lab-error.ts';
import type { FleetMachine, FleetUnitState, FleetUnitStatus } from '../client/fleet-client.ts';
import { machineLabel } from './machine-label.ts';
import { lacksImage } from './missing-images.ts';
import type { Look } from './wait.ts';

/**
 * A reason must stand this long before it counts: while a batch is being submitted a sidekick may be seen before its principal is
 * scheduled, and the engine needs a moment for both.
 */
const reasonStandsMs = 400;
/** A start that systemd keeps repeating for this long is a failed one. */
const restartingMs = 30_000;
/** A unit that is launched and rests for this long has run to its end (a oneshot). */
const finishedMs = 1000;
/**
 * "failed" counts after this long: `docker kill` leaves a unit so when it is stopped, and until systemd's word on its new start arrives, the
 * machine's agent tells that old state once more.
 */
const failedStandsMs = 5_000;

/** What a waiting `start` or `load` remembers of one unit between looks. */
export interface Progress {
  announced: boolean;
  blockedSince?: number;
  restartingSince?: number;
  restingSince?: number;
  failedSince?: number;
  /** An image that it pulls and the registry lacks: once that is known, starting it again and again is of no use. */
  lacks?: string;
}

/** Judges one look at a unit that is to be loaded or launched. Pure but for `progress`. */
export function judgeLaunch(args: {
  unit: FleetUnitStatus;
  state: FleetUnitState | undefined;
  machines: readonly FleetMachine[];
  wanted: 'loaded' | 'launched';
  waitedMs: number;
  progress: Progress;
  announce: (line: string) => void;
}): Look {
  const { unit, state, machines, wanted, waitedMs, progress } = args;
  if (unit.reason !== undefined && unit.machineID === undefined) {
    progress.blockedSince ??= waitedMs;
    if (waitedMs - progress.blockedSince < reasonStandsMs) return { missing: 'not scheduled yet' };
    return { failed: unschedulable(unit, wanted) };
  }
  delete progress.blockedSince;
  if (unit.machineID === undefined) return { missing: 'not scheduled yet' };
  const where = machineLabel(unit.machineID, machines);
  if (
    unit.currentState !== wanted &&
    !(wanted === 'loaded' && unit.currentState === 'launched' && unit.desiredState === 'launched')
  ) {
    return { missing: `not ${wanted} on ${where} yet` };
  }
  if (!progress.announced) args.announce(`Unit ${unit.name} ${wanted} on ${where}`);
  progress.announced = true;
  if (state?.message !== undefined) return { failed: startFailed(unit.name, where, state.message) };
  return wanted === 'loaded' ? { done: true } : judgeActive(unit.name, where, state, waitedMs, progress);
}

function judgeActive(
  unit: string,
  where: string,
  state: FleetUnitState | undefined,
  waitedMs: number,
  progress: Progress,
): Look {
  const active = state?.systemdActiveState ?? '';
  const sub = state?.systemdSubState ?? '';
  if (active === 'active') return { done: true };
  const failed = (why: string): Look => {
    const failure = startFailed(unit, where, why);
    return { failed: progress.lacks === undefined ? failure : lacksImage(failure, progress.lacks) };
  };
  if (active === 'failed') {
    progress.failedSince ??= waitedMs;
    if (waitedMs - progress.failedSince >= failedStandsMs) return failed(`systemd says ${active} (${sub})`);
  } else delete progress.failedSince;
  if (sub === 'auto-restart') progress.restartingSince ??= waitedMs;
  const restartsForMs = progress.restartingSince === undefined ? 0 : waitedMs - progress.restartingSince;
  if (restartsForMs > restartingMs || (progress.restartingSince !== undefined && progress.lacks !== undefined)) {
    return failed('it fails and systemd starts it again and again');
  }
  if (active === 'inactive') {
    progress.restingSince ??= waitedMs;
    if (waitedMs - progress.restingSince > finishedMs) return { done: true };
  } else delete progress.restingSince;
  return { missing: `${active || 'no state'} ${sub} on ${where}` };
}

function unschedulable(unit: FleetUnitStatus, wanted: string): LabError {
  return new LabError({
    code: 'unschedulable.unit',
    cause: `Unit ${unit.name} cannot run on any machine now; it stays ${wanted} and starts as soon as one can take it:`,
    evidence: (unit.reason ?? '').split('; '),
    next: `free a machine, or give the unit up: fleetctl destroy ${unit.name}`,
  });
}

function startFailed(unit: string, where: string, why: string): LabError {
  return new LabError({
    code: 'command.start',
    cause: `Unit ${unit} did not start on ${where}: ${why}`,
    next: `fleetctl status ${unit}; fleetctl journal ${unit}`,
  });
}
