import { expect, it } from 'vitest';
import type { RsvpDocument } from '#apps/worker/src/rsvp-document.ts';
import { StoreQueue } from '#apps/worker/src/store-queue.ts';

const item = (n: number): RsvpDocument => ({ key: String(n), document: { event_id: String(n), event_name: 'x' } });

it('holds at most its limit and drops the oldest', async () => {
  const stored: string[] = [];
  const open: (() => void)[] = [];
  const queue = new StoreQueue(
    ({ key }) => new Promise<void>((resolve) => open.push(resolve)).then(() => stored.push(key)),
    { limit: 3, concurrency: 1 },
  );
  for (let n = 0; n < 10; n++) queue.push(item(n));
  expect(queue.counts).toEqual({ stored: 0, failed: 0, dropped: 6, waiting: 4 });
  const drained = queue.drained(5000);
  for (let n = 0; n < 4; n++) {
    await expect.poll(() => open.length).toBeGreaterThan(0);
    open.shift()?.();
  }
  expect(await drained).toBe(true);
  expect(stored).toEqual(['0', '7', '8', '9']);
  expect(queue.counts).toEqual({ stored: 4, failed: 0, dropped: 6, waiting: 0 });
});

it('never stores more than its concurrency at once', async () => {
  let now = 0;
  let most = 0;
  const queue = new StoreQueue(
    async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    },
    { limit: 100, concurrency: 4 },
  );
  for (let n = 0; n < 50; n++) queue.push(item(n));
  expect(await queue.drained(5000)).toBe(true);
  expect(most).toBe(4);
  expect(queue.counts.stored).toBe(50);
});

it('tries again, then counts a failure and keeps its reason once', async () => {
  let calls = 0;
  const queue = new StoreQueue(
    async ({ key }) => {
      calls += 1;
      if (key === '1' || calls === 1) throw new Error(`no ${key}`);
    },
    { limit: 10, concurrency: 1, tries: 3, retryMs: 0 },
  );
  queue.push(item(0));
  queue.push(item(1));
  expect(await queue.drained(5000)).toBe(true);
  expect(queue.counts).toEqual({ stored: 1, failed: 1, dropped: 0, waiting: 0 });
  expect(calls).toBe(5);
  expect(queue.takeLastError()?.message).toBe('no 1');
  expect(queue.takeLastError()).toBeUndefined();
});

it('gives up draining at the deadline', async () => {
  const queue = new StoreQueue(() => new Promise(() => undefined), { limit: 10 });
  queue.push(item(0));
  expect(await queue.drained(20)).toBe(false);
});
