import { LabError } from '#errors/lab-error.ts';
import type { FleetMachine } from '../client/fleet-client.ts';
import type { SeeUnit, WatchedUnit } from '../client/watch-units.ts';
import type { Context } from './context.ts';

/** Milliseconds between two looks at what only time changes. */
const tickMs = 75;

/** Deadline of a waiting command: --block-attempts times 2 s as in the original; 0 or nothing = `defaultMs`. */
export function deadlineMs(context: Context, defaultMs = 600_000): number {
  const text = context.flags.text('block-attempts') ?? '0';
  if (!/^\d+$/.test(text)) {
    throw new LabError({
      code: 'usage.flag',
      cause: `--block-attempts: "${text}" is no number`,
      next: 'give the number of attempts, 2 s each',
    });
  }
  return Number(text) === 0 ? defaultMs : Number(text) * 2000;
}

/** One look at what is waited for: done, failed, or what is still missing. */
export type Look = { readonly done: true } | { readonly failed: LabError } | { readonly missing: string };

/** Judges how a unit is, and has been for some time: `waitedMs` counts from the beginning. Asked anew when something changes, and now and then. */
export type Judge = (seen: WatchedUnit, machines: readonly FleetMachine[], waitedMs: number) => Look;

/**
 * Waits for several units at once; those that are done drop out. After 2 s says (to a person) what is missing.
 * @returns failures of single units; a unit whose time ran out is one of them (`timeout.unit`)
 * @throws LabError `state.fleet-unreachable`
 */
export async function waitForUnits(
  context: Context,
  units: readonly string[],
  totalMs: number,
  judge: Judge,
): Promise<LabError[]> {
  if (units.length === 0) return [];
  const began = performance.now();
  const failures: LabError[] = [];
  const missing = new Map(units.map((name) => [name, 'not seen yet']));
  const seen = new Map<string, WatchedUnit>();
  const over = new AbortController();
  let present: readonly FleetMachine[] = [];
  let said = 2000;
  const drop = (name: string, failure?: LabError): void => {
    missing.delete(name);
    if (failure !== undefined) failures.push(failure);
    if (missing.size === 0) over.abort();
  };
  const judgeAgain = (name: string): void => {
    const unit = seen.get(name);
    if (unit === undefined || !missing.has(name)) return;
    const found = judge(unit, present, performance.now() - began);
    if ('missing' in found) missing.set(name, found.missing);
    else drop(name, 'failed' in found ? found.failed : undefined);
  };
  const tick = setInterval(() => {
    for (const name of seen.keys()) judgeAgain(name);
    const waited = performance.now() - began;
    if (waited > totalMs) for (const [name, what] of missing) drop(name, timedOut(name, totalMs, what));
    else if (context.progress && waited > said && missing.size > 0) {
      said = waited + 5000;
      context.progress(
        `waiting ${Math.round(waited / 1000)} s: ${[...missing].map(([u, m]) => `${u} ${m}`).join(', ')}`,
      );
    }
  }, tickMs);
  const see: SeeUnit = (unit, machines) => {
    present = machines;
    seen.set(unit.name, unit);
    judgeAgain(unit.name);
  };
  try {
    await context.client.watchUnits(units, see, over.signal);
  } finally {
    clearInterval(tick);
  }
  return failures;
}

function timedOut(unit: string, totalMs: number, missing: string): LabError {
  return new LabError({
    code: 'timeout.unit',
    cause: `timed out after ${Math.round(totalMs / 1000)} s waiting for unit ${unit}: ${missing}`,
    next: `fleetctl status ${unit}; fleetctl journal ${unit}`,
  });
}

/** Prints failures and gives the exit code: that of the first one, 0 without any. */
export function reportFailures(context: Context, failures: readonly LabError[]): number {
  for (const failure of failures) {
    context.err(failure.message);
    for (const line of failure.evidence) context.err(`  ${line}`);
    context.err(`next: ${failure.next}`);
  }
  return failures[0]?.exitCode ?? 0;
}
