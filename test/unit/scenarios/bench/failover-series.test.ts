import fc from 'fast-check';
import { expect, it } from 'vitest';
import { median, stepStatistics } from '#scenarios/bench/failover-series.ts';

const run = (goneMs: number | undefined) => ({
  timeline: [
    { name: 'fault', atMs: 1_000, detail: '' },
    {
      name: 'gone',
      detail: '',
      predicted: { minMs: 0, maxMs: 5_000, terms: 'TTL' },
      ...(goneMs === undefined ? {} : { atMs: goneMs }),
    },
  ],
});

it('measures each step from the fault of its own run', () => {
  expect(stepStatistics([run(1_500), run(1_700), run(4_000)])[1]).toEqual({
    step: 'gone',
    runs: 3,
    medianMs: 700,
    worstMs: 3_000,
    predictedMaxMs: 5_000,
  });
});

it('a run that never saw a step is its worst', () => {
  const [, gone] = stepStatistics([run(1_500), run(undefined), run(1_600)]);
  expect(gone).toMatchObject({ medianMs: 600, worstMs: undefined });
  expect(stepStatistics([run(undefined)])[1]).toMatchObject({ medianMs: undefined });
});

it('no more than half of the values are above the median', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = median(values);
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});
