import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whyNot } from '#platform/fleet/engine/can-run.ts';
import { applied } from '#platform/fleet/engine/applied.ts';
import { decide } from '#platform/fleet/engine/decide.ts';
import type { Decision, EngineUnit, Machine, Snapshot } from '#platform/fleet/parts/model.ts';
import { globalsFor } from '#platform/fleet/engine/occupancy.ts';
import { withoutCircles } from '#platform/fleet/engine/replacing.ts';
import { requirementsOf } from '#platform/fleet/unit/requirements.ts';

const names = ['a.service', 'b.service', 'w@1.service', 'w@2.service', 'w@3.service', 'x.service', 'y.service'];
const machineIds = ['aaaa1111', 'bbbb2222', 'cccc3333', 'dddd4444'];

const machine = (id: string, slot: string): Machine => ({ id, name: `m-${id}`, ip: '', metadata: { slot } });

const fleetSection = fc.array(
  fc.oneof(
    fc.constantFrom(...names).map((n) => ({ section: 'X-Fleet', name: 'MachineOf', value: n })),
    fc
      .constantFrom('w@*.service', 'a.service', '*.service')
      .map((v) => ({ section: 'X-Fleet', name: 'Conflicts', value: v })),
    fc
      .constantFrom('w@*.service', 'b.service', 'x.service')
      .map((v) => ({ section: 'X-Fleet', name: 'Replaces', value: v })),
    fc.constantFrom('slot=1', 'slot=2').map((v) => ({ section: 'X-Fleet', name: 'MachineMetadata', value: v })),
    fc.constantFrom(...machineIds).map((v) => ({ section: 'X-Fleet', name: 'MachineID', value: v })),
    fc.constant({ section: 'X-Fleet', name: 'Global', value: 'true' }),
  ),
  { maxLength: 2 },
);
/** `validateUnit` refuses the two together. */
const isGlobalReplacer = (options: readonly { name: string }[]): boolean =>
  ['Global', 'Replaces'].every((key) => options.some(({ name }) => name === key));

const unit = (name: string): fc.Arbitrary<EngineUnit> =>
  fc
    .record({
      options: fleetSection.filter((options) => !isGlobalReplacer(options)),
      desired: fc.constantFrom('inactive' as const, 'loaded' as const, 'launched' as const),
      target: fc.option(fc.constantFrom(...machineIds), { nil: undefined }),
    })
    .map(({ options, desired, target }) => ({
      name,
      requirements: requirementsOf(name, options),
      desired,
      ...(target !== undefined && { target }),
    }));

const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    units: fc.subarray(names).chain((chosen) => fc.tuple(...chosen.map(unit))),
    machines: fc
      .subarray(machineIds)
      .chain((ids) => fc.tuple(...ids.map((id) => fc.constantFrom('1', '2').map((s) => machine(id, s))))),
  })
  .map((s) => ({ ...s, missingMachinesAreDead: true }));

/** Applied, and with what Replaces= means in it: of units that replace each other in a circle none drives another one away. */
const apply = (snapshot: Snapshot, decisions: readonly Decision[]): Snapshot => {
  const after = applied(snapshot, decisions);
  return { ...after, units: withoutCircles(after.units) };
};

const beside = (s: Snapshot, m: Machine): EngineUnit[] => {
  const scheduled = s.units.filter((u) => u.target === m.id);
  return [
    ...scheduled,
    ...globalsFor(
      m,
      s.units.filter((u) => u.requirements.global && u.desired !== 'inactive'),
      scheduled,
    ),
  ];
};

describe('decide', () => {
  test('every placed unit is allowed where it is', () => {
    fc.assert(
      fc.property(snapshots, (before) => {
        const after = apply(before, decide(before));
        for (const u of after.units) {
          if (u.target === undefined) continue;
          const m = after.machines.find((one) => one.id === u.target);
          expect(m, `${u.name} is on a machine that is gone`).toBeDefined();
          expect(m && whyNot(u, m, beside(after, m))).toBeUndefined();
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('no unit that some machine could take is left without one, and the reason names every machine', () => {
    fc.assert(
      fc.property(snapshots, (before) => {
        const after = apply(before, decide(before));
        for (const u of after.units) {
          if (u.target !== undefined || u.desired === 'inactive' || u.requirements.global) continue;
          const able = after.machines.filter((m) => whyNot(u, m, beside(after, m)) === undefined);
          const inCircle = u.blocked?.[0]?.startsWith('MachineOf goes in a circle') === true;
          if (!inCircle) expect(able).toEqual([]);
          if (!inCircle) expect(u.blocked?.length).toBe(Math.max(1, after.machines.length));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a second pass has nothing to do', () => {
    fc.assert(
      fc.property(snapshots, (before) => {
        expect(decide(apply(before, decide(before)))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('a settled schedule that loses a machine moves only units of that machine', () => {
    fc.assert(
      fc.property(snapshots, fc.constantFrom(...machineIds), (start, lost) => {
        const settled = apply(start, decide(start));
        const without = { ...settled, machines: settled.machines.filter((m) => m.id !== lost) };
        const decisions = decide(without);
        // One that replaces others drives them away where it goes, and who follows them goes along.
        const drives = without.units.filter((u) => u.requirements.replaces.length > 0).map((u) => u.name);
        if (decisions.some((d) => 'to' in d && drives.includes(d.unit))) return;
        for (const d of decisions) if (d.kind === 'move' || d.kind === 'evict') expect(d.from).toBe(lost);
      }),
      { numRuns: 1000 },
    );
  });

  test('order of units and machines in the snapshot does not matter', () => {
    fc.assert(
      fc.property(snapshots, (s) => {
        const turned = { ...s, units: s.units.toReversed(), machines: s.machines.toReversed() };
        expect(apply(turned, decide(turned)).units.toReversed()).toEqual(apply(s, decide(s)).units);
      }),
    );
  });
});
