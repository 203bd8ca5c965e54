import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import { allUnits } from '../stack/stack.ts';
import type { ClusterView } from '../harness/record/cluster-view.ts';
import type { LabUnderTest } from '../harness/context/lab-under-test.ts';

/** Every unit of the stack that fits on these machines runs on one of them; one web unit a machine, the others may wait. */
export function stackRunsOn(lab: LabUnderTest, machines: readonly string[]): Condition {
  return {
    name: `the stack runs on ${machines.join(' and ')}`,
    missing: async () => stackMissing(lab.fleet.view, machines),
  };
}

/** What still keeps the stack from running on these machines alone; undefined when it does. Pure. */
export function stackMissing(view: ClusterView, machines: readonly string[]): string | undefined {
  const waiting = allUnits.filter((unit) => !runsOnOneOf(view, unit, machines));
  const web = waiting.filter((unit) => unit.startsWith('web@'));
  const mayWait = Math.max(0, allUnits.filter((unit) => unit.startsWith('web@')).length - machines.length);
  const missing = waiting.filter((unit) => !web.slice(0, mayWait).includes(unit));
  return missing.length === 0 ? undefined : `not yet: ${missing.join(', ')}`;
}

function runsOnOneOf(view: ClusterView, unit: string, machines: readonly string[]): boolean {
  const found = view.units.find(({ name }) => name === unit);
  // A machine that is away still has its last states until its lease runs out.
  const states = (found?.states ?? []).filter(({ state }) => state === 'active/running');
  const [only] = states;
  return states.length === 1 && only !== undefined && machines.includes(only.machine) && found?.target === only.machine;
}

/** The engine has placed this unit on one of these machines. */
export function placedOn(lab: LabUnderTest, unit: string, machines: readonly string[]): Condition {
  const target = () => lab.fleet.view.units.find(({ name }) => name === unit)?.target;
  return {
    name: `${unit} placed on ${machines.join(' or ')}`,
    missing: async () => {
      const now = target();
      return now !== undefined && machines.includes(now) ? undefined : `placed on ${now ?? 'no machine'}`;
    },
  };
}

/** A key whose lease is overdue is still there, as one member's own copy has it. */
export function overdue(lab: LabUnderTest, machine: string, key: string, seconds: number): Condition {
  return {
    name: `the lease of ${key} overdue by ${seconds} s`,
    missing: async () => {
      const left = await lab.etcd.leaseSeconds(machine, key);
      if (left === undefined) return `${key} is gone`;
      return left <= -seconds ? undefined : `${left.toFixed(1)} s left`;
    },
  };
}

/** A linearisable read no longer finds the key. */
export function keyGone(lab: LabUnderTest, machine: string, key: string): Condition {
  return {
    name: `${key} gone`,
    missing: async () => {
      const read = await lab.etcd.get(machine, key, { withinMs: 1_000 });
      if (!read.ok) return read.error;
      return read.value === undefined ? undefined : `${key} still there`;
    },
  };
}

/** etcd takes a write at this machine: there is a quorum and a leader. */
export function writable(lab: LabUnderTest, machine: string): Condition {
  return {
    name: `etcd on ${machine} takes a write`,
    missing: async () => {
      const written = await lab.etcd.put(machine, '/lab/quorum/again', 'yes', { withinMs: 1_500 });
      return written.ok ? undefined : written.error;
    },
  };
}
