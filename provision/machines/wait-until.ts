import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';

/**
 * Polls a named condition until it holds.
 * @throws LabError `timeout.condition` naming the condition, with evidence; or whatever `check` throws
 */
export async function waitUntil(wait: {
  condition: string;
  deadlineMs: number;
  everyMs: number;
  check: () => boolean | Promise<boolean>;
  evidence?: () => string[] | Promise<string[]>;
  next: string;
}): Promise<void> {
  const end = performance.now() + wait.deadlineMs;
  while (!(await wait.check())) {
    if (performance.now() > end) {
      throw new LabError({
        code: 'timeout.condition',
        cause: `not true within ${statedSeconds(wait.deadlineMs)}: ${wait.condition}`,
        evidence: (await wait.evidence?.()) ?? [],
        next: wait.next,
      });
    }
    await delay(wait.everyMs);
  }
}
