import { LabError } from '#errors/lab-error.ts';
import type { Context } from './context.ts';

/** Milliseconds between two looks at a unit. */
const pollMs = 75;

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

/**
 * Waits for several units at once; those that are done drop out. After 2 s says (to a person) what is missing.
 * @param judge one look at one unit; `waitedMs` counts from the beginning
 * @returns failures of single units; a unit whose time ran out is one of them (`timeout.unit`)
 */
export async function waitForUnits(
  context: Context,
  units: readonly string[],
  totalMs: number,
  judge: (unit: string, waitedMs: number) => Promise<Look>,
): Promise<LabError[]> {
  const began = performance.now();
  const failures: LabError[] = [];
  const missing = new Map(units.map((u) => [u, 'not seen yet']));
  let said = 2000;
  const follow = async (unit: string): Promise<void> => {
    for (;;) {
      const waited = performance.now() - began;
      const seen = await judge(unit, waited);
      if ('missing' in seen) missing.set(unit, seen.missing);
      else {
        missing.delete(unit);
        if ('failed' in seen) failures.push(seen.failed);
        return;
      }
      if (waited > totalMs) {
        missing.delete(unit);
        failures.push(timedOut(unit, totalMs, seen.missing));
        return;
      }
      if (context.progress && waited > said) {
        said = waited + 5000;
        context.progress(
          `waiting ${Math.round(waited / 1000)} s: ${[...missing].map(([u, m]) => `${u} ${m}`).join(', ')}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  };
  await Promise.all(units.map(follow));
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
