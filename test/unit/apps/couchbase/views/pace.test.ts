import { expect, it } from 'vitest';
import { viewLimits } from '#apps/couchbase/src/views/limits.ts';
import { cpuTimesAt, slownessOf } from '#apps/couchbase/src/views/pace.ts';

it.each([
  [0, 1],
  [30, 1],
  [60, 1],
  [120, 2],
  [1_500, 25],
  [1e9, 100],
])('a start that cost %d ms of CPU means %d times slower', (startCpuMs, slowness) => {
  expect(slownessOf(startCpuMs)).toBe(slowness);
});

it('limits of CPU time are as many times longer', () => {
  const { callCpuMs, reduceCpuMs } = viewLimits;
  expect(cpuTimesAt(1)).toEqual({ callCpuMs, reduceCpuMs });
  expect(cpuTimesAt(2.5)).toEqual({ callCpuMs: 2.5 * callCpuMs, reduceCpuMs: 2.5 * reduceCpuMs });
});
