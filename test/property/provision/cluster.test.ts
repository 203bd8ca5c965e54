import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planUp } from '#provision/cluster/up/plan.ts';
import { machineId } from '#provision/machines/machine-id.ts';
import type { MachineConfig } from '#provision/config/lab-config.ts';
import type { MachineState } from '#provision/machines/machine-provider.ts';

const machine = (index: number, prefix = 'core'): MachineConfig => ({
  name: `${prefix}-${String(index).padStart(2, '0')}`,
  index,
  address: `172.17.8.${100 + index}`,
  memoryBytes: 2 ** 31,
  cpus: 1,
});
const lab = fc.stringMatching(/^[a-z0-9-]{1,11}$/);
const index = fc.integer({ min: 1, max: 99 });

it('a machine-id is 32 hex digits, the same each time, and sorts as the machines do', () => {
  fc.assert(
    fc.property(lab, index, index, (name, a, b) => {
      const [one, other] = [machineId(name, machine(a)), machineId(name, machine(b))];
      expect(one).toMatch(/^[0-9a-f]{32}$/);
      expect(machineId(name, machine(a))).toBe(one);
      expect(Math.sign(one < other ? -1 : one > other ? 1 : 0)).toBe(Math.sign(a - b));
    }),
  );
});

it('no two labs and no two names share a machine-id', () => {
  fc.assert(
    fc.property(fc.uniqueArray(lab, { minLength: 2, maxLength: 4 }), index, (labs, i) => {
      const ids = labs.flatMap((name) => [machineId(name, machine(i)), machineId(name, machine(i, 'node'))]);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

it('a plan has one step for each wanted machine, never touches one that runs, and is empty of work once carried out', () => {
  const state = fc.constantFrom<MachineState>('absent', 'stopped', 'starting', 'running', 'stopping');
  const names = fc.uniqueArray(index, { maxLength: 9 }).map((all) => all.map((i) => machine(i).name));
  fc.assert(
    fc.property(names, fc.array(state, { minLength: 9, maxLength: 9 }), fc.boolean(), (wanted, states, up) => {
      const machines = wanted.map((name, i) => ({ name, state: states[i] ?? 'absent' }));
      const plan = planUp(wanted, { up, machines });
      expect(plan.map((step) => step.machine)).toEqual(wanted);
      for (const [i, step] of plan.entries()) {
        expect(step.action === 'create').toBe(states[i] === 'absent');
        expect(step.action === 'start').toBe(states[i] === 'stopped');
        expect(step.action === 'wait').toBe(states[i] === 'stopping');
        expect(step.reason).not.toBe('');
      }
      const done = machines.map(({ name }) => ({ name, state: 'running' as const }));
      expect(planUp(wanted, { up: true, machines: done }).every(({ action }) => action === 'keep')).toBe(true);
    }),
  );
});
