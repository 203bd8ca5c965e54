import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { predictDetection } from '#scenarios/harness/prediction/detection.ts';
import { predictFailover } from '#scenarios/harness/prediction/failover-steps.ts';
import { floorMs, slowest, sum, term } from '#scenarios/harness/prediction/terms.ts';
import { unitTimers } from '#scenarios/harness/prediction/unit-timers.ts';
import { keyTtlMs } from '#scenarios/harness/watch/key-ttl.ts';
import { runRecord } from '../../recorded.ts';

const { timers } = runRecord().config;
const shipped = (name: string) => readFileSync(join(import.meta.dirname, '../../../../../units', name), 'utf8');
const timersOf = (name: string) => unitTimers(name, shipped(name));

describe('unitTimers', () => {
  it("reads the shipped units' waits", () => {
    expect(unitTimers('web@.service', shipped('web@.service'))).toEqual({ restartMs: 5_000 });
    expect(unitTimers('worker.service', shipped('worker.service')).restartMs).toBe(10_000);
  });

  it('reads how long a key outlives what it announces', () => {
    for (const unit of ['couchbase-sidekick@.service', 'book/memcached-sidekick@.service'])
      expect(keyTtlMs(shipped(unit), 1)).toBe(8_000);
    expect(keyTtlMs(shipped('web@.service'), 1)).toBeUndefined();
  });

  it('and that slow machines have longer times than a unit says by itself, but not than the book says', () => {
    expect(keyTtlMs(shipped('memcached-sidekick@.service'), 10)).toBe(80_000);
    expect(keyTtlMs(shipped('book/memcached-sidekick@.service'), 10)).toBe(8_000);
  });

  it.each([
    ['RestartSec=500ms', 500],
    ['RestartSec=1min 30s', 90_000],
    ['# RestartSec=9', 100],
  ])('%s is %i ms', (text, ms) => expect(unitTimers('x', `[Service]\n${text}\n`).restartMs).toBe(ms));

  it('a span it cannot read is an error that names the unit', () => {
    expect(() => unitTimers('x.service', 'RestartSec=soon')).toThrow(/x\.service: RestartSec=soon/);
    expect(() => unitTimers('x.service', 'RestartSec=5 parsecs')).toThrow(/RestartSec=5 parsecs/);
  });
});

describe('predictions', () => {
  it('add up, overlap, and come to their middle', () => {
    expect(sum(term('a', 1, 2), term('b', 10))).toEqual({ minMs: 11, maxMs: 12, terms: 'a + b' });
    expect(slowest(term('a', 1, 20), term('b', 10))).toMatchObject({ minMs: 10, maxMs: 20 });
    expect(floorMs([term('a', 0, 5_000), term('b', 1_000)])).toBe(3_500);
  });

  it('a silent machine is gone when its lease is, later when etcd must elect a leader first', () => {
    expect(predictDetection('cut', timers, 1, false)).toMatchObject({ minMs: 3_000, maxMs: 4_800 });
    expect(predictDetection('partition', timers, 1, true)).toMatchObject({ minMs: 4_900, maxMs: 6_300 });
    expect(predictDetection('pause', { ...timers, fleetAgentTtlMs: 30_000 }, 1, false)).toMatchObject({
      minMs: 21_750,
    });
    expect(predictDetection('halt', timers, 1, true)).toMatchObject({ minMs: 0, maxMs: 6_300 });
    expect(predictDetection('halt', timers, 10, true)).toMatchObject({ minMs: 0, maxMs: 60_300 });
  });

  it("the apps' restart follows their own RestartSec", () => {
    const args = {
      by: 'cut',
      timers,
      stretch: 1,
      etcdLeader: false,
      couchbase: true,
      workerStays: true,
      memcachedMoves: false,
      fence: false,
    } as const;
    const web = { ...timersOf('web@.service') };
    const steps = predictFailover({ ...args, units: { web, worker: timersOf('worker.service') } });
    expect(steps.appRestarted.minMs).toBeGreaterThanOrEqual(5_200);
    expect(steps.goodPage).toMatchObject({ minMs: 2_700, maxMs: 12_300 });
    const slower = predictFailover({
      ...args,
      units: { web: { ...web, restartMs: 9_000 }, worker: timersOf('worker.service') },
    });
    expect(slower.appRestarted.minMs - steps.appRestarted.minMs).toBe(4_000);
    expect(slower.goodPage.maxMs).toBe(8_300);
    const early = predictFailover({
      ...args,
      memcachedMoves: true,
      units: { web, worker: timersOf('worker.service') },
    });
    expect(early.appRestarted).toMatchObject({ minMs: 0, maxMs: steps.appRestarted.maxMs });
    // Cut, the web unit of the machine boots with it; out of reach, it ran on and may have to restart by itself.
    expect(steps.pageBack.maxMs).toBe(3_000);
    const parted = predictFailover({ ...args, by: 'partition', units: { web, worker: timersOf('worker.service') } });
    expect(parted.pageBack).toMatchObject({ minMs: 0, maxMs: steps.appRestarted.maxMs + 1_000 });
  });

  it.each(['halt', 'cut', 'pause', 'partition'] as const)(
    'with a fence others wait for the units of a machine that is gone, unless it left in order (%s)',
    (by) => {
      const args = { by, timers, stretch: 1, etcdLeader: false, couchbase: true, workerStays: true } as const;
      const units = { web: timersOf('web@.service'), worker: timersOf('worker.service') };
      const [without, fenced] = [false, true].map((fence) =>
        predictFailover({ ...args, memcachedMoves: false, units, fence }),
      );
      const waitMs = by === 'halt' ? 0 : 7_500;
      expect(fenced?.rescheduled.maxMs).toBe((without?.rescheduled.maxMs ?? 0) + waitMs);
      expect(fenced?.rescheduled.minMs).toBe(Math.max(0, waitMs - 300));
      expect(fenced?.gone).toEqual(without?.gone);
      // Who was cut off has stopped its web unit by itself; who stood still has not.
      expect(fenced?.pageBack).toEqual(by === 'partition' ? { ...fenced?.pageBack, maxMs: 3_000 } : without?.pageBack);
    },
  );
});
