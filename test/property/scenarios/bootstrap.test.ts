import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distribution, spread } from '#scenarios/bootstrap/distribution.ts';
import { type PhaseMoments, phaseNames, phaseSpans } from '#scenarios/bootstrap/phases.ts';

const values = fc.array(fc.nat(100_000), { maxLength: 40 });

it('a distribution consists of measured values, in order, and half of them lie on either side of the median', () => {
  fc.assert(
    fc.property(values, (all) => {
      const found = distribution(all);
      expect(found === undefined).toBe(all.length === 0);
      if (found === undefined) return;
      const { count, min, median, p90, max } = found;
      expect(count).toBe(all.length);
      for (const one of [min, median, p90, max]) expect(all).toContain(one);
      expect([min, median, p90, max]).toEqual([min, median, p90, max].toSorted((a, b) => a - b));
      expect(all.filter((one) => one <= median).length).toBeGreaterThanOrEqual(all.length / 2);
      expect(all.filter((one) => one <= p90).length).toBeGreaterThanOrEqual(all.length * 0.9);
      expect(all.filter((one) => one > max || one < min)).toEqual([]);
      expect(distribution(all.toReversed())).toEqual(found);
    }),
  );
});

it('a spread shows seconds', () => {
  expect(spread({ count: 2, min: 310, median: 350, p90: 1_000, max: 12_345 })).toBe('0.31 / 0.35 / 1.00 / 12.35 s');
});

const moments = fc
  .tuple(...phaseNames.map(() => fc.option(fc.integer({ min: 1_000, max: 60_000 }), { nil: undefined })))
  .map((at) => Object.fromEntries(phaseNames.map((name, i) => [name, at[i]])) as PhaseMoments);

it('spans never overlap nor go backwards, and add up to the time from the command to the latest phase', () => {
  fc.assert(
    fc.property(moments, (seen) => {
      const found = phaseSpans(seen, 1_000);
      expect(found.map(({ name }) => name)).toEqual(phaseNames);
      const took = found.flatMap(({ from, to }) => (to === undefined ? [] : [to - from]));
      expect(took.every((ms) => ms >= 0)).toBe(true);
      const latest = Math.max(1_000, ...phaseNames.map((name) => seen[name] ?? 0));
      expect(took.reduce((sum, ms) => sum + ms, 1_000)).toBe(latest);
      for (const { name, to, earlyMs } of found) {
        expect(to).toBe(seen[name]);
        expect(earlyMs).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
