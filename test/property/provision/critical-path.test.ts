import fc from 'fast-check';
import { expect, it } from 'vitest';
import { criticalPath } from '#provision/cluster/profile/critical-path.ts';
import type { Phase } from '#provision/cluster/profile/phase.ts';

const names = ['boot', 'systemd', 'etcd', 'flannel', 'docker', 'fleetd'];
const wholeMs = 10_000;

/** Of any form: phases overlap, end after the whole, take no time, need what is not there. */
const phase: fc.Arbitrary<Phase> = fc
  .record({
    subject: fc.constantFrom('lab', 'core-01', 'core-02', 'core-03'),
    index: fc.nat(names.length - 1),
    fromMs: fc.nat(wholeMs),
    tookMs: fc.nat(4_000),
    waits: fc.boolean(),
    needs: fc.option(fc.subarray(names), { nil: undefined }),
    quorum: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  })
  .map(({ subject, index, fromMs, tookMs, waits, needs, quorum }) => ({
    subject,
    phase: names[index] ?? '',
    fromMs,
    toMs: fromMs + tookMs,
    waits,
    // Of those before it: nothing waits for itself.
    ...(needs === undefined ? {} : { needs: needs.filter((name) => names.indexOf(name) < index) }),
    ...(quorum === undefined ? {} : { quorum }),
  }));
/** A machine does each thing once. */
const phases = fc.uniqueArray(phase, { maxLength: 20, selector: (one) => `${one.subject} ${one.phase}` });

it('the critical path is the whole: its stretches lie end to end from the start to the end', () => {
  fc.assert(
    fc.property(phases, (all) => {
      const path = criticalPath(all, wholeMs);
      expect(path.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)).toBe(wholeMs);
      expect(path[0]?.fromMs).toBe(0);
      expect(path.at(-1)?.toMs).toBe(wholeMs);
      for (const [index, step] of path.entries()) {
        expect(step.toMs).toBeGreaterThan(step.fromMs);
        if (index > 0) expect(step.fromMs).toBe(path[index - 1]?.toMs);
      }
    }),
  );
});

it('no phase is on it twice, and none longer than it took', () => {
  fc.assert(
    fc.property(phases, (all) => {
      const work = criticalPath(all, wholeMs).filter(({ kind }) => kind === 'work');
      const keys = work.map((step) => `${step.subject} ${step.phase}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const step of work) {
        const own = all.find((one) => one.subject === step.subject && one.phase === step.phase);
        expect(own?.waits).toBe(false);
        expect(step.fromMs).toBeGreaterThanOrEqual(own?.fromMs ?? Infinity);
        expect(step.toMs).toBeLessThanOrEqual(own?.toMs ?? -Infinity);
      }
    }),
  );
});

it('the order in which phases are told changes nothing', () => {
  fc.assert(
    fc.property(
      phases.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        expect(criticalPath(shuffled, wholeMs)).toEqual(criticalPath(all, wholeMs));
      },
    ),
  );
});

it('of phases one after the other, every one is on it, and nothing waits', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 }), (lengths) => {
      let at = 0;
      const chain = lengths.map((length, index): Phase => {
        const fromMs = at;
        at += length;
        return { subject: 'lab', phase: String(index), fromMs, toMs: at, waits: false };
      });
      expect(criticalPath(chain, at).map(({ phase: name, kind }) => `${name} ${kind}`)).toEqual(
        chain.map(({ phase: name }) => `${name} work`),
      );
    }),
  );
});
