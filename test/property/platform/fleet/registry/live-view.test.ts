import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { writeMachine, writeState, writeUnit } from '#platform/fleet/registry/records.ts';
import { liveView, viewOf } from '#platform/fleet/registry/view.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';

const keys = fleetKeys('/f/');
const units = ['a.service', 'b.service', 'web@1.service'];
const machines = ['m1', 'm2'];
const texts = ['[Service]\nExecStart=/bin/a\n', '[Service]\nExecStart=/bin/b\n[X-Fleet]\nGlobal=true\n'];
const state = { load: 'loaded', active: 'active', sub: 'running', hash: 'h', job: 'launched' as const };

/** Keys of every kind with values of theirs; some that cannot be read, some of no use. */
const values: Record<string, readonly string[]> = {
  [keys.leader]: ['m1 7', 'm2 8'],
  '/f/engine/version': ['1'],
  '/f/job/a.service': ['too short'],
};
for (const unit of units) {
  const job = keys.job(unit);
  values[job.object] = [...texts.map((text) => writeUnit(unit, parseUnitFile(text, unit))), '{"Raw":'];
  values[job.desired] = ['launched', 'loaded', 'bogus'];
  values[job.target] = machines;
  values[job.blocked] = ['["no room"]', '[7]'];
  for (const id of machines) values[keys.state(unit, id)] = [writeState({ unit, machineId: id, ...state }), '{'];
}
for (const id of machines) {
  values[keys.machine(id)] = [writeMachine({ id, name: `core-${id}`, ip: '10.0.0.1', metadata: { disk: 'ssd' } }), ''];
  values[keys.machineMetadata(id, 'disk')] = ['hdd', ''];
}

const change = fc
  .constantFrom(...Object.keys(values))
  .chain((key) =>
    fc.record({ key: fc.constant(key), value: fc.constantFrom(undefined, ...(values[key] ?? [])), look: fc.boolean() }),
  );

test('a view that is brought up to date key by key is the view of all keys, whenever one looks', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const stored = new Map<string, string>();
      const live = liveView(keys, () => undefined);
      for (const { key, value, look } of changes) {
        if (value === undefined) stored.delete(key);
        else stored.set(key, value);
        live.take(key, value);
        if (!look) continue;
        const whole = viewOf(keys, stored);
        expect(live.view()).toEqual(whole);
        for (const unit of units) {
          expect(live.unit(unit)).toEqual(whole.units.find((u) => u.name === unit));
          expect(live.statesOf(unit)).toEqual(whole.states.filter((s) => s.unit === unit));
        }
      }
    }),
  );
});

test('each value that cannot be read is told once, and again when it is wrong in another way', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const stored = new Map<string, string>();
      const told: string[] = [];
      const live = liveView(keys, (key, problem) => told.push(`${key}: ${problem}`));
      let before: string[] = [];
      for (const { key, value } of changes) {
        if (value === undefined) stored.delete(key);
        else stored.set(key, value);
        live.take(key, value);
        const now: string[] = [];
        viewOf(keys, stored, (bad, problem) => now.push(`${bad}: ${problem}`));
        told.length = 0;
        live.view();
        expect([...told].sort()).toEqual(now.filter((line) => !before.includes(line)).sort());
        before = now;
      }
    }),
  );
});

test('a list in which nothing has changed is the same list', () => {
  const live = liveView(keys, () => undefined);
  for (const [key, [value = '']] of Object.entries(values)) live.take(key, value);
  const before = live.view();
  live.take(keys.state('a.service', 'm1'), undefined);
  const after = live.view();
  expect([after.units === before.units, after.machines === before.machines]).toEqual([true, true]);
  expect(after.states).not.toEqual(before.states);
  live.take(keys.job('a.service').target, 'm2');
  expect([live.view().units === after.units, live.view().states === after.states]).toEqual([false, true]);
});
