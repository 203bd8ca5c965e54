import fc from 'fast-check';
import { expect, it } from 'vitest';
import { delayToSlot, dueSlot } from '#scenarios/harness/probes/grid.ts';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import { longestOutage } from '#scenarios/harness/record/summarise-probes.ts';

const samples: fc.Arbitrary<Sample[]> = fc
  .array(fc.record({ ok: fc.boolean(), ms: fc.integer({ min: 1, max: 400 }) }), { maxLength: 20 })
  .map((all) => all.map(({ ok, ms }, i) => ({ probe: 'page', wallMs: Math.floor(i / 2) * 50, ms, ok })));

/** For each question that failed: is there a moment by which one asked since was answered? */
function byDefinition(all: readonly Sample[]): number {
  const end = Math.max(0, ...all.map(({ wallMs, ms }) => wallMs + ms));
  const waits = all
    .filter(({ ok }) => !ok)
    .map(({ wallMs }) => {
      const answers = all.filter((other) => other.ok && other.wallMs >= wallMs).map((good) => good.wallMs + good.ms);
      return Math.min(end, ...answers) - wallMs;
    });
  return Math.max(0, ...waits);
}

it('the longest outage agrees with its definition, whatever the order of the samples', () => {
  fc.assert(
    fc.property(samples, fc.integer(), (all, seed) => {
      const shuffled = [...all].sort((a, b) => ((a.wallMs * seed) % 7) - ((b.wallMs * seed) % 7));
      expect(longestOutage(shuffled)).toBe(byDefinition(all));
    }),
  );
});

it('there is an outage exactly where a question failed; a failure more never shortens it', () => {
  fc.assert(
    fc.property(samples, fc.nat(), (all, pick) => {
      const outage = longestOutage(all);
      expect(outage > 0).toBe(all.some(({ ok }) => !ok));
      const worse = all.map((sample, i) => (i === pick % Math.max(1, all.length) ? { ...sample, ok: false } : sample));
      expect(longestOutage(worse)).toBeGreaterThanOrEqual(outage);
    }),
  );
});

it('the grid never ticks early, never twice for a slot, and never further behind than the time says', () => {
  const elapsed = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(elapsed, fc.integer({ min: -1, max: 1000 }), (now, last) => {
      const due = dueSlot(now, 50, last);
      expect(due).toBeGreaterThan(last);
      expect(due).toBeGreaterThanOrEqual(Math.floor(now / 50));
      const woken = now + delayToSlot(now, 50, due + 1);
      expect(woken).toBeGreaterThanOrEqual((due + 1) * 50 - 1e-6);
    }),
  );
});
