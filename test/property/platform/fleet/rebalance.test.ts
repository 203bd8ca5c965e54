import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applied } from '#platform/fleet/engine/applied.ts';
import { decide } from '#platform/fleet/engine/decide.ts';
import type { EngineUnit, Machine, Snapshot } from '#platform/fleet/parts/model.ts';
import { planRebalance, type RebalanceStep } from '#platform/fleet/engine/rebalance.ts';
import { requirementsOf } from '#platform/fleet/unit/requirements.ts';

const machineIds = ['aaaa1111', 'bbbb2222', 'cccc3333', 'dddd4444'];
const machines: Machine[] = machineIds.map((id, i) => ({
  id,
  name: `m-${i}`,
  ip: '',
  metadata: { slot: String(i % 2) },
}));
const names = Array.from({ length: 12 }, (_, i) => `u${i}.service`);

const option = (name: string, value: string) => ({ section: 'X-Fleet', name, value });
const constraint = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom(...names).map((peer) => option('MachineOf', peer)),
  fc.constantFrom('u1*.service', 'u3.service', 'u5.service').map((glob) => option('Conflicts', glob)),
  fc.constantFrom('u2.service', 'u4.service').map((glob) => option('Replaces', glob)),
  fc.constantFrom('slot=0', 'slot=1').map((pair) => option('MachineMetadata', pair)),
  fc.constant(option('Global', 'true')),
);

/** A schedule that stands: nothing is to be decided on it. */
const standing: fc.Arbitrary<Snapshot> = fc
  .record({
    count: fc.integer({ min: 1, max: 4 }),
    units: fc.tuple(
      ...names.map((name) =>
        fc.record({ own: constraint, at: fc.integer({ min: 0, max: 3 }) }).map(({ own, at }): EngineUnit => ({
          name,
          requirements: requirementsOf(name, own === undefined ? [] : [own]),
          desired: 'launched',
          // Mostly all on one machine.
          target: machineIds[at % 2] ?? '',
        })),
      ),
    ),
  })
  .map(({ count, units }) => {
    const start = { units, machines: machines.slice(0, count), missingMachinesAreDead: true };
    return applied(start, decide(start));
  });

function asked(snapshot: Snapshot, { units, to }: RebalanceStep): Snapshot {
  return { ...snapshot, units: snapshot.units.map((u) => (units.includes(u.name) ? { ...u, moveTo: to } : u)) };
}

test('the engine makes each move as it is asked for, and moves nothing else for it', () => {
  fc.assert(
    fc.property(standing, (start) => {
      let now = start;
      for (const step of planRebalance(start).steps) {
        const decisions = decide(asked(now, step));
        expect(decisions.map((d) => [d.kind, d.unit, 'to' in d && d.to])).toEqual(
          now.units.filter((u) => step.units.includes(u.name)).map((u) => ['move', u.name, step.to]),
        );
        now = applied(asked(now, step), decisions);
        const further = decide(now);
        // A unit that waited has found room, and may drive another away that it replaces: the rest of the plan is for another schedule.
        if (further.some((d) => d.kind === 'place')) return;
        expect(further.filter((d) => d.kind === 'move' || d.kind === 'evict')).toEqual([]);
        now = applied(now, further);
      }
    }),
    { numRuns: 400 },
  );
});

test('without constraints it is level, by as few moves as there are units too many', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 4 }), (loads) => {
      const units = loads.flatMap((load, m) =>
        Array.from({ length: load }, (_, i): EngineUnit => {
          const name = `u${m}-${i}.service`;
          return { name, requirements: requirementsOf(name, []), desired: 'launched', target: machineIds[m] ?? '' };
        }),
      );
      const snapshot = { units, machines: machines.slice(0, loads.length), missingMachinesAreDead: true };
      const { steps, after } = planRebalance(snapshot);
      expect(Math.max(...after.values()) - Math.min(...after.values())).toBeLessThanOrEqual(1);
      // As many machines as there are units left over may keep one more: the fullest.
      const [low, over] = [Math.floor(units.length / loads.length), units.length % loads.length];
      const full = loads.toSorted((a, b) => b - a).map((load, i) => Math.max(0, load - low - (i < over ? 1 : 0)));
      expect(steps).toHaveLength(full.reduce((sum, n) => sum + n, 0));
      expect(new Set(steps.flatMap((s) => s.units)).size).toBe(steps.length);
    }),
  );
});

test('the order of units and machines does not matter, and a level schedule is left alone', () => {
  fc.assert(
    fc.property(standing, (start) => {
      const turned = { ...start, units: start.units.toReversed(), machines: start.machines.toReversed() };
      expect(planRebalance(turned).steps).toEqual(planRebalance(start).steps);
      const target = new Map(planRebalance(start).steps.flatMap((s) => s.units.map((u) => [u, s.to] as const)));
      const units = start.units.map((u) => ({ ...u, ...(target.has(u.name) && { target: target.get(u.name) ?? '' }) }));
      expect(planRebalance({ ...start, units }).steps).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('a chain is found where nothing can go directly', () => {
  const unit = (name: string, slots: string, target: string): EngineUnit => ({
    name,
    requirements: requirementsOf(
      name,
      slots.split('').map((slot) => option('MachineMetadata', `slot=${slot}`)),
    ),
    desired: 'launched',
    target,
  });
  const three = [0, 1, 2].map((i): Machine => ({
    id: `id${i}`,
    name: `m-${i}`,
    ip: '',
    metadata: { slot: String(i) },
  }));
  const units = ['a', 'b', 'c'].map((n) => unit(n, '01', 'id0')).concat(['d', 'e'].map((n) => unit(n, '12', 'id1')));
  const { steps, after } = planRebalance({
    units: [...units, unit('f', '2', 'id2')],
    machines: three,
    missingMachinesAreDead: true,
  });
  expect(steps.map(({ units: [moved], from, to }) => `${moved} ${from} ${to}`)).toEqual(['d id1 id2', 'a id0 id1']);
  expect([...after]).toEqual([
    ['m-0', 2],
    ['m-1', 2],
    ['m-2', 2],
  ]);
});
