import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Guard } from '#platform/etcd/store.ts';
import { type Change, operationsPerTransaction, transactionsOf } from '#platform/fleet/registry/transactions.ts';

const guard = (key: string): Guard => ({ key, exists: true });
const common = [guard('leader')];
const changes = fc.array(
  fc
    .record({
      unit: fc.integer({ min: 0, max: 500 }),
      machine: fc.integer({ min: 0, max: 20 }),
      guards: fc.integer({ min: 1, max: 2 }),
      writes: fc.integer({ min: 1, max: 2 }),
    })
    .map(({ unit, machine, guards, writes }): Change => {
      const own = [guard(`u${unit}/target`), guard(`u${unit}/desired`)].slice(0, guards);
      const puts = Array.from({ length: writes }, (_, n) => ({ put: `u${unit}/${n}`, value: '' }));
      return { guards: [...own, guard(`m${machine}`)], writes: puts };
    }),
  // Long enough to fill several: fast-check's own choice is some ten.
  { minLength: 1, maxLength: 400, size: 'max' },
);

test('all writes are there once and in order, with their guards, and etcd takes each transaction', () => {
  fc.assert(
    fc.property(changes, (all) => {
      const joined = transactionsOf(all, common);
      expect(joined.flatMap(({ writes }) => writes)).toEqual(all.flatMap(({ writes }) => writes));
      let at = 0;
      for (const { guards, writes } of joined) {
        expect(guards.length).toBeLessThanOrEqual(operationsPerTransaction);
        expect(writes.length).toBeLessThanOrEqual(operationsPerTransaction);
        const keys = new Set(guards.map(({ key }) => key));
        expect(keys.size).toBe(guards.length);
        const needed = ['leader'];
        for (let left = writes.length; left > 0; at++) {
          const change = all[at];
          left -= change?.writes.length ?? 0;
          needed.push(...(change?.guards.map(({ key }) => key) ?? []));
        }
        expect(needed.filter((key) => !keys.has(key))).toEqual([]);
      }
    }),
    { numRuns: 50 },
  );
});

test('there are as few as fit: placing 200 units on three machines takes four, changing their desired state two', () => {
  const units = Array.from({ length: 200 }, (_, n) => `u${n}`);
  const placed = units.map((unit, n) => ({
    guards: [guard(`${unit}/target`), guard(`${unit}/desired`), guard(`m${n % 3}`)],
    writes: [{ put: `${unit}/target`, value: `m${n % 3}` }],
  }));
  expect(transactionsOf(placed, common)).toHaveLength(4);
  const wanted = units.map((unit) => ({
    guards: [guard(`${unit}/object`)],
    writes: [{ put: `${unit}/desired`, value: 'launched' }],
  }));
  expect(transactionsOf(wanted)).toHaveLength(2);
});

test('of nothing there is none', () => {
  expect(transactionsOf([], common)).toEqual([]);
});
