import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ClusterView, viewChanges } from '#scenarios/harness/record/cluster-view.ts';
import { overallVerdict, type Verdict } from '#scenarios/harness/record/verdict.ts';

const verdicts = fc.array(fc.constantFrom<Verdict>('pass', 'fail', 'unknown'), { maxLength: 8 });
const overall = (all: readonly Verdict[]) =>
  overallVerdict(all.map((verdict) => ({ name: 'x', verdict, evidence: '' })));

it('any failure fails a run, and no further finding turns a verdict into a better one', () => {
  const rank: readonly Verdict[] = ['pass', 'unknown', 'fail'];
  fc.assert(
    fc.property(verdicts, verdicts, (some, more) => {
      expect(overall(some) === 'fail').toBe(some.includes('fail'));
      expect(overall(some) === 'pass').toBe(some.length > 0 && some.every((verdict) => verdict === 'pass'));
      if (some.length > 0)
        expect(rank.indexOf(overall([...some, ...more]))).toBeGreaterThanOrEqual(rank.indexOf(overall(some)));
    }),
  );
});

const machines = ['core-01', 'core-02', 'core-03'];
const machine = fc.constantFrom(...machines);
const unitNames = ['a.service', 'b.service', 'c@1.service'];
const unitView = (name: string) =>
  fc.record({
    name: fc.constant(name),
    target: fc.option(machine, { nil: undefined }),
    reason: fc.constant(undefined),
    states: fc
      .dictionary(machine, fc.constantFrom('active/running', 'failed/failed', 'activating/start'))
      .map((all) => Object.entries(all).map(([on, state]) => ({ machine: on, state }))),
  });
const view: fc.Arbitrary<ClusterView> = fc.record({
  machines: fc.subarray(machines),
  units: fc.tuple(...unitNames.map(unitView)),
  keys: fc.dictionary(fc.constantFrom('/services/a', '/services/b'), fc.constantFrom('10.1.1.2', '10.1.2.2')),
});

/** A view as plain sets, without the order things are listed in. */
function facts({ machines: present, units, keys }: ClusterView) {
  const states = units.flatMap((u) => u.states.map((s) => [`${u.name} ${s.machine}`, s.state] as const));
  return {
    present: new Set(present),
    targets: new Map(units.flatMap((u) => (u.target === undefined ? [] : [[u.name, u.target] as const]))),
    states: new Map<string, string>(states),
    keys: new Map(Object.entries(keys)),
  };
}

it('the changes between two views, carried out on the first, give the second', () => {
  fc.assert(
    fc.property(view, view, (before, after) => {
      const now = facts(before);
      for (const { type, data } of viewChanges(before, after)) {
        if (type === 'machine-gone') expect(now.present.delete(data.machine)).toBe(true);
        if (type === 'machine-present') now.present.add(data.machine);
        if (type === 'key-set') now.keys.set(data.key, data.value);
        if (type === 'key-gone') expect(now.keys.delete(data.key)).toBe(true);
        if (type === 'unit-target') set(now.targets, data.unit, data.to);
        if (type === 'unit-state') set(now.states, `${data.unit} ${data.machine}`, data.state);
      }
      expect(now).toEqual(facts(after));
      expect(viewChanges(after, structuredClone(after))).toEqual([]);
    }),
  );
});

function set(map: Map<string, string>, key: string, value: string | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}
