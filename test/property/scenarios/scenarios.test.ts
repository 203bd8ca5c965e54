import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ClusterView, viewChanges } from '../../../scenarios/harness/cluster-view.ts';
import { oneWorkerConnection } from '../../../scenarios/harness/invariants/one-worker-connection.ts';
import { conflictsHeld } from '../../../scenarios/harness/invariants/placement.ts';
import { overallVerdict, type Verdict } from '../../../scenarios/harness/verdict.ts';
import { unitState } from '../../unit/scenarios/recorded.ts';

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
        const d = data as Record<string, string> & { to: string | null; state: string | null };
        if (type === 'machine-gone') expect(now.present.delete(d['machine'] ?? '')).toBe(true);
        if (type === 'machine-present') now.present.add(d['machine'] ?? '');
        if (type === 'key-set') now.keys.set(d['key'] ?? '', d['value'] ?? '');
        if (type === 'key-gone') expect(now.keys.delete(d['key'] ?? '')).toBe(true);
        if (type === 'unit-target') set(now.targets, d['unit'] ?? '', d.to);
        if (type === 'unit-state') set(now.states, `${d['unit'] ?? ''} ${d['machine'] ?? ''}`, d.state);
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

it('one worker at a time: agrees with counting the open connections at every moment', () => {
  const span = fc.record({
    address: fc.constantFrom('a', 'b'),
    openedAt: fc.integer({ min: 0, max: 30 }),
    lasted: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 5 }), (spans) => {
      const history = spans.map(({ address, openedAt, lasted }) => ({
        address,
        openedAt,
        closedAt: openedAt + lasted,
      }));
      const openAt = (t: number) => history.filter(({ openedAt, closedAt }) => openedAt <= t && t < closedAt).length;
      const most = Math.max(...history.map(({ openedAt }) => openAt(openedAt)));
      expect(oneWorkerConnection(history, new Map()).verdict).toBe(most > 1 ? 'fail' : 'pass');
    }),
  );
});

it('conflicts held: agrees with looking at every moment of the record', () => {
  const change = fc.tuple(fc.constantFrom('web@1.service', 'web@2.service'), machine, fc.boolean());
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 10 }), (changes) => {
      const events = changes.map(([unit, on, active], i) => unitState(i, unit, on, active ? 'active/running' : null));
      const on = new Set<string>();
      let violated = false;
      for (const [unit, where, active] of changes) {
        if (active) on.add(`${unit} ${where}`);
        else on.delete(`${unit} ${where}`);
        violated ||= machines.some((m) => on.has(`web@1.service ${m}`) && on.has(`web@2.service ${m}`));
      }
      expect(conflictsHeld(events).verdict).toBe(violated ? 'fail' : 'pass');
    }),
  );
});
