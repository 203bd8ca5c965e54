import { settle, type Hands } from './pass.ts';
import { isUp } from './plan.ts';

/** Resolves when no unit runs any more (systemd stops them: the machine goes down) or `deadlineMs` is over. */
export async function untilNoneRuns({ look }: Pick<Hands, 'look'>, deadlineMs: number): Promise<void> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const askedAt = performance.now();
    // A systemd that does not answer runs what it ran.
    const isRunning = await look().then(
      (units) => units.some(isUp),
      () => true,
    );
    const now = performance.now();
    if (!isRunning || now >= until) return;
    // A machine that needs long for an answer needs its CPU to stop units.
    await new Promise((resolve) => setTimeout(resolve, Math.max(50, now - askedAt)));
  }
}

/** Stops and removes every unit; resolves when all have gone or `deadlineMs` is over. */
export async function removeAll(hands: Hands, deadlineMs: number): Promise<void> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const left = await settle(hands, []).catch((error: unknown) => {
      hands.log('drain', { event: 'retry', cause: error instanceof Error ? error.message : String(error) });
      return undefined;
    });
    if (left?.length === 0 || performance.now() >= until) return;
    if (left !== undefined) {
      const running = left.filter(isUp);
      hands.log('drain', { waiting_for: (running.length > 0 ? running : left).map((u) => u.name).join(',') });
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
