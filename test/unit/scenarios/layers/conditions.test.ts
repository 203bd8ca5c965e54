import { expect, it } from 'vitest';
import { allUnits } from '#scenarios/stack/stack.ts';
import { lastChange, pagesFreshFrom, viewMissing } from '#scenarios/layers/conditions.ts';
import { event, pageMessage, unit, unitState, view } from '../recorded.ts';

const three = ['core-01', 'core-02', 'core-03'];

it('says which machine or unit is missing', () => {
  const units = allUnits.map((name) => unit(name, 'core-01'));
  expect(viewMissing(view({ machines: three, units }), three)).toBeUndefined();
  expect(viewMissing(view({ machines: ['core-01', 'core-03'], units }), three)).toBe('fleet does not list core-02');
  expect(viewMissing(view({ machines: three, units: units.slice(1) }), three)).toBe('not running: couchbase@1.service');
});

it('trusts a page only after the last announcement since the fault', () => {
  const set = (atMs: number, initial = false) =>
    event(atMs, 'key-set', {
      key: '/services/memcached/1',
      value: '10.1.1.2',
      old: null,
      ...(initial ? { initial } : {}),
    });
  expect(pagesFreshFrom([], 5_000)).toBe(5_000);
  expect(pagesFreshFrom([set(4_000)], 5_000)).toBe(5_000);
  expect(pagesFreshFrom([set(6_000, true)], 5_000)).toBe(5_000);
  expect(pagesFreshFrom([set(6_000), set(7_000)], 5_000)).toBeGreaterThan(7_000);
});

it('knows the last change of the cluster, which a page is not', () => {
  const events = [unitState(1_000, 'worker.service', 'core-01'), pageMessage(2_000, 'core-01', 10)];
  expect(lastChange(events)).toBe(1_000);
  expect(lastChange([])).toBe(0);
});
