import { describe, expect, test } from 'vitest';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';

/** A clock moved by hand: timers run in their order, one at a time. */
function handClock() {
  let now = 0;
  const timers = new Set<{ at: number; fn: () => void }>();
  return {
    now: () => now,
    schedule: (ms: number, fn: () => void) => {
      const timer = { at: now + ms, fn };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.delete(next);
        now = next.at;
        next.fn();
        for (let i = 0; i < 10; i++) await Promise.resolve();
      }
      now = end;
    },
  };
}

describe('memoryStore by a given clock', () => {
  test('a lease renews itself for an hour; abandoned, it ends at its time', async () => {
    const clock = handClock();
    const store = memoryStore(clock);
    const lease = await store.grant(5);
    await store.put('/k', 'v', lease.id);
    await clock.advance(3_600_000);
    expect(await store.get('/k')).toBeDefined();
    lease.abandon();
    await clock.advance(3000);
    expect(await store.get('/k')).toBeDefined();
    await clock.advance(2000);
    expect(await store.get('/k')).toBeUndefined();
  });

  test('away: requests fail, nothing expires; back: full time again, and the lease that expired meanwhile is lost', async () => {
    const clock = handClock();
    const store = memoryStore(clock);
    const id = await store.grantOnce(5);
    await store.put('/k', 'v', id);
    store.setAway(true);
    await expect(store.get('/k')).rejects.toMatchObject({ code: 'timeout.etcd' });
    await clock.advance(60_000);
    store.setAway(false);
    await clock.advance(4000);
    expect(await store.get('/k')).toBeDefined();
    await clock.advance(1000);
    expect(await store.get('/k')).toBeUndefined();
  });

  test('expireLease is seen by its holder as lost', async () => {
    const clock = handClock();
    const store = memoryStore(clock);
    const lease = await store.grant(6);
    store.expireLease(lease.id);
    await clock.advance(2000);
    await lease.lost;
  });

  test('two clients see the same store; closing one leaves the other its leases and watches', async () => {
    const clock = handClock();
    const [one, seen] = [memoryStore(clock), [] as string[]];
    const two = one.connect();
    await two.watch('/', { onEvent: (e) => seen.push(e.key) });
    const lease = await two.grant(5);
    await one.close();
    await two.put('/k', 'v', lease.id);
    await clock.advance(20_000);
    expect(await one.get('/k')).toBeDefined();
    expect(seen).toEqual(['/k']);
    await two.close();
    await clock.advance(20_000);
    expect(await one.get('/k')).toBeUndefined();
  });
});
