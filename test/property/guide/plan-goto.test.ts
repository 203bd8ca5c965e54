import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from '#guide/form/guide-form.ts';
import { planGoto } from '#guide/walk/plan-goto.ts';
import { seen, unitOn } from '../../unit/guide/seen.ts';

const stepNumbered = (number: number): Step => ({
  id: `s${number}`,
  number,
  file: '',
  title: '',
  goal: '',
  type: ['x'],
  look: [],
  open: [],
  see: [],
  why: '',
  hints: [],
  within: 1,
  values: {},
  live: {},
  question: [],
  errata: [],
  check: [{ condition: 'units-active', units: [`s${number}.service`] }],
});

/** A guide, where to go, which checks hold now, which units are there, and whether there are machines at all. */
const situations = fc.integer({ min: 1, max: 9 }).chain((length) =>
  fc.record({
    steps: fc.constant(Array.from({ length }, (_, index) => stepNumbered(index + 1))),
    target: fc.nat(length - 1),
    held: fc.array(fc.boolean(), { minLength: length, maxLength: length }),
    there: fc.array(fc.boolean(), { minLength: length, maxLength: length }),
    disks: fc.boolean(),
  }),
);

describe('the way to a step', () => {
  it('is without a gap up to the step before, begins behind one that holds or with nothing, and throws away only what is there', () => {
    fc.assert(
      fc.property(situations, ({ steps, target, held, there, disks }) => {
        const units = steps
          .filter((_, index) => there[index])
          .map(({ number }) => unitOn(`s${number}.service`, 'core-01'));
        const machines = disks ? seen().machines : [];
        const plan = planGoto({ steps }, target, { units, machines }, ({ number }) => held[number - 1] === true);
        const begins = target - plan.steps.length;
        expect(plan.steps).toEqual(steps.slice(begins, target));
        expect(plan.anew && !disks).toBe(false);
        const later = there.slice(target).includes(true);
        if (disks && !plan.anew) {
          // Somewhere to go on from, nothing of this step or a later one in the way, and no shorter way.
          expect(begins).toBeGreaterThan(0);
          expect([held[begins - 1], later]).toEqual([true, false]);
          expect(plan.steps.length === 0 && held[target]).toBe(false);
          expect(held.slice(begins, target)).not.toContain(true);
        } else {
          expect(begins).toBe(0);
          const isDone = held[target] === true && held[target - 1] === true;
          const reachable = disks && held.slice(0, target).includes(true) && !isDone && !later;
          expect(reachable).toBe(false);
        }
      }),
    );
  });

  it('begins at the last snapshot on it where everything would be thrown away, and leaves all else as it was', () => {
    const kept = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(situations, kept, ({ steps, target, held, there, disks }, snapshots) => {
        const units = steps
          .filter((_, index) => there[index])
          .map(({ number }) => unitOn(`s${number}.service`, 'core-01'));
        const observed = { units, machines: disks ? seen().machines : [] };
        const isHeld = ({ number }: Step) => held[number - 1] === true;
        const without = planGoto({ steps }, target, observed, isHeld);
        const plan = planGoto({ steps }, target, observed, isHeld, ({ number }) => snapshots[number - 1] === true);
        const last = snapshots.slice(0, target + 1).lastIndexOf(true);
        const wanted =
          without.anew && last >= 0 ? { ...without, from: steps[last], steps: steps.slice(last, target) } : without;
        expect(plan).toEqual(wanted);
      }),
    );
  });
});
