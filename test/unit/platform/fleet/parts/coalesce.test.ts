import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coalesce } from '#platform/fleet/parts/coalesce.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** A pass that takes as long as the test wants. */
function slowPass() {
  let began = 0;
  let end = (): void => undefined;
  const pass = () =>
    new Promise<void>((resolve) => {
      began += 1;
      end = resolve;
    });
  return { pass, began: () => began, end: () => end() };
}

test('wake-ups during a pass cause one more, and never two at a time', async () => {
  const slow = slowPass();
  const passes = coalesce(slow.pass, () => undefined);
  passes.wake();
  for (let n = 0; n < 5; n++) passes.wake();
  await vi.advanceTimersByTimeAsync(1);
  expect(slow.began()).toBe(1);
  slow.end();
  await vi.advanceTimersByTimeAsync(1);
  expect(slow.began()).toBe(2);
  slow.end();
  await vi.advanceTimersByTimeAsync(1000);
  expect(slow.began()).toBe(2);
});

test('what comes together is one pass, once it is quiet', async () => {
  let passes = 0;
  const coalesced = coalesce(
    async () => void (passes += 1),
    () => undefined,
    { quietMs: 10, atMostMs: 60 },
  );
  for (let n = 0; n < 4; n++) {
    coalesced.wake();
    await vi.advanceTimersByTimeAsync(8);
  }
  expect(passes).toBe(0);
  await vi.advanceTimersByTimeAsync(20);
  expect(passes).toBe(1);
});

test('what never becomes quiet is looked at now and then all the same', async () => {
  let passes = 0;
  const coalesced = coalesce(
    async () => void (passes += 1),
    () => undefined,
    { quietMs: 10, atMostMs: 60 },
  );
  for (let ms = 0; ms < 700; ms += 5) {
    coalesced.wake();
    await vi.advanceTimersByTimeAsync(5);
  }
  expect(passes).toBeGreaterThanOrEqual(8);
  expect(passes).toBeLessThanOrEqual(12);
});

test('a pass that throws is tried again after a while, or at the next wake-up', async () => {
  const errors: unknown[] = [];
  let isBroken = true;
  const coalesced = coalesce(
    async () => {
      if (isBroken) throw new Error('no');
    },
    (error) => errors.push(error),
    { retryMs: 500 },
  );
  coalesced.wake();
  await vi.advanceTimersByTimeAsync(1);
  expect(errors).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(errors).toHaveLength(2);
  isBroken = false;
  coalesced.wake();
  await vi.advanceTimersByTimeAsync(2000);
  expect(errors).toHaveLength(2);
});

test('stopped while it waits for quiet, it begins no pass', async () => {
  let passes = 0;
  const coalesced = coalesce(
    async () => void (passes += 1),
    () => undefined,
    { quietMs: 10, atMostMs: 60 },
  );
  coalesced.wake();
  const stopped = coalesced.stop();
  await vi.advanceTimersByTimeAsync(100);
  await stopped;
  coalesced.wake();
  await vi.advanceTimersByTimeAsync(100);
  expect(passes).toBe(0);
});
