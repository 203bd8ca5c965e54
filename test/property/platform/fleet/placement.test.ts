import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whyNot } from '#platform/fleet/engine/can-run.ts';
import { decide } from '#platform/fleet/engine/decide.ts';
import { placedOn } from '#platform/fleet/engine/placed.ts';
import type { EngineUnit, Machine } from '#platform/fleet/parts/model.ts';
import { requirementsOf } from '#platform/fleet/unit/requirements.ts';

/** Small batches of units that stand in each other's way, judged by trying every assignment there is. */
const names = ['c@1', 'c@2', 'c@3', 'm@1', 'm@2', 'm@3'].map((n) => `${n}.service`);
const machines: Machine[] = [
  ['aaaa1111', 'ssd'],
  ['bbbb2222', 'hdd'],
  ['cccc3333', 'ssd'],
].map(([id = '', disk = '']) => ({ id, name: `core-${id.charAt(0)}`, ip: '', metadata: { disk } }));

const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Conflicts c@*.service', 'Conflicts m@*.service', 'Conflicts m@%i.service') },
  { weight: 2, arbitrary: fc.constantFrom('Conflicts c@%i.service', 'MachineMetadata disk=ssd') },
  { weight: 1, arbitrary: fc.constantFrom('MachineOf m@%i.service', 'MachineOf m@1.service', 'MachineID bbbb2222') },
);
const unit = (name: string): fc.Arbitrary<EngineUnit> =>
  fc.array(line, { maxLength: 3 }).map((lines) => {
    // Masters follow nobody, so that there is no circle.
    const own = lines.filter((l) => name.startsWith('c') || !l.startsWith('MachineOf'));
    const options = own.map((l) => ({
      section: 'X-Fleet',
      name: l.split(' ')[0] ?? '',
      value: l.split(' ')[1] ?? '',
    }));
    return { name, requirements: requirementsOf(name, options), desired: 'launched' };
  });
const batches = fc.subarray(names, { minLength: 2 }).chain((chosen) => fc.tuple(...chosen.map(unit)));

const allowed = (units: readonly EngineUnit[]): boolean =>
  units.every((u) => {
    const machine = machines.find((m) => m.id === u.target);
    const beside = units.filter((other) => other.target === u.target);
    return machine !== undefined && whyNot(u, machine, beside) === undefined;
  });

/** Is there any way to give each unit without a machine one, the others staying where they are? */
function bruteForce(units: readonly EngineUnit[], at = 0): boolean {
  const unit = units[at];
  if (unit === undefined) return allowed(units);
  if (unit.target !== undefined) return bruteForce(units, at + 1);
  return machines.some((m) => bruteForce(units.with(at, { ...unit, target: m.id }), at + 1));
}

function pass(units: readonly EngineUnit[]): EngineUnit[] {
  const decisions = decide({ units, machines, missingMachinesAreDead: true });
  return units.map((u) => {
    const d = decisions.find((one) => one.unit === u.name);
    if (u.target !== undefined && u.desired !== 'inactive') expect(d?.kind ?? 'unblock', u.name).toBe('unblock');
    return d?.kind === 'place' ? { ...u, target: d.to } : u;
  });
}

describe('a batch of units', () => {
  test('all are placed whenever there is a way', () => {
    fc.assert(
      fc.property(batches, (units) => {
        const after = pass(units);
        expect(after.every((u) => u.target !== undefined)).toBe(bruteForce(units));
        expect(allowed(after.filter((u) => u.target !== undefined))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('beside what runs already, which stays where it is', () => {
    fc.assert(
      fc.property(batches, batches, (some, more) => {
        const running = pass(some).filter((u) => u.target !== undefined);
        const units = [...running, ...more.filter((u) => !running.some((r) => r.name === u.name))];
        const after = pass(units);
        for (const u of running) expect(after.find((one) => one.name === u.name)?.target).toBe(u.target);
        expect(after.every((u) => u.target !== undefined)).toBe(bruteForce(units));
      }),
      { numRuns: 400 },
    );
  });

  test('wanted one after the other in any order, all known before, as fleetctl does it', () => {
    const ordered = batches.chain((units) =>
      fc.tuple(fc.constant(units), fc.shuffledSubarray([...units.keys()], { minLength: units.length })),
    );
    fc.assert(
      fc.property(ordered, ([batch, order]) => {
        let units: EngineUnit[] = batch.map((u) => ({ ...u, desired: 'inactive' }));
        for (const i of order) units = pass(units.map((u, at) => (at === i ? { ...u, desired: 'launched' } : u)));
        if (bruteForce(batch)) expect(units.every((u) => u.target !== undefined)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test('the quick look at a machine says the same as the one that gives reasons', () => {
  fc.assert(
    fc.property(batches, fc.array(fc.constantFrom(...machines), { minLength: 6, maxLength: 6 }), (units, where) => {
      const occupancy = new Map(machines.map((m) => [m.id, new Map<string, EngineUnit>()]));
      const placed = placedOn(occupancy, units);
      units.forEach((u, i) => i % 2 === 0 && placed.place(u, where[i]?.id ?? ''));
      for (const u of units.filter((_, i) => i % 2 === 1)) {
        for (const m of machines) {
          expect(placed.isAble(u, m)).toBe(whyNot(u, m, occupancy.get(m.id)?.values() ?? []) === undefined);
        }
      }
    }),
  );
});
