import { setTimeout as sleep } from 'node:timers/promises';
import { isEtcdAway } from '../etcd/etcd-failure.ts';

/** A machine that boots has its etcd within seconds, and Docker waits for flannel: no refused connection costs as much as waiting on. */
const bootMs = 10_000;
const soonMs = 50;
const laterMs = 250;

/**
 * Repeats `act` until it gives something, through an etcd that is away (it may start before there is a quorum) and through undefined
 * (the condition is not there yet). Tells what it waits for at once and then every 5 s. No deadline of its own: a machine without etcd
 * has nothing else to do, and its unit's start timeout is the deadline. Rejects when the signal comes, or on any other error.
 */
export async function patiently<T>(
  what: string,
  act: () => Promise<T | undefined>,
  env: { log: (line: string) => void; signal: AbortSignal },
): Promise<T> {
  const since = performance.now();
  let toldAt = -Infinity;
  for (;;) {
    env.signal.throwIfAborted();
    let reason = '';
    try {
      const result = await act();
      if (result !== undefined) return result;
    } catch (error) {
      if (!isEtcdAway(error)) throw error;
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    const now = performance.now();
    if (now - toldAt >= 5000) {
      env.log(`waiting for ${what} (${Math.round((now - since) / 1000)} s)${reason}`);
      toldAt = now;
    }
    await sleep(now - since < bootMs ? soonMs : laterMs, undefined, { signal: env.signal });
  }
}
