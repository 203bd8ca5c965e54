import type { StepCondition, StepValue } from '../form/condition-form.ts';
import { fill } from '../form/guide-form.ts';
import { homeOf, type Observed } from './observed.ts';

/** What a value is on the lab as it was seen; undefined while that cannot be said. Pure. */
export function valueOf(one: StepValue, seen: Observed): string | undefined {
  if (one.from === 'key') return seen.keys?.[one.key];
  const home = homeOf(seen, one.unit);
  if (home === undefined) return undefined;
  switch (one.from) {
    case 'machine-of':
      return home;
    case 'other-machine-than':
      return seen.machines.find(({ name, state }) => name !== home && state === 'running')?.name;
    case 'address-of':
      return seen.machines.find(({ name }) => name === home)?.address;
    case 'start-of':
      return seen.systemd[one.unit]?.start;
    case 'member-beside':
      return seen.members[home];
  }
}

/** A value that is not known, for a person. Pure. */
export function describeValue(one: StepValue): string {
  switch (one.from) {
    case 'key':
      return `the value of ${one.key}`;
    case 'machine-of':
      return `the machine of ${one.unit}`;
    case 'other-machine-than':
      return `a machine without ${one.unit}`;
    case 'address-of':
      return `the address of ${one.unit}'s machine`;
    case 'start-of':
      return `the start of ${one.unit}`;
    case 'member-beside':
      return `the etcd member beside ${one.unit}`;
  }
}

/** All of them that are known now. Pure. */
export function valuesOf(wanted: Readonly<Record<string, StepValue>>, seen: Observed): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, one] of Object.entries(wanted)) {
    const value = valueOf(one, seen);
    if (value !== undefined && value !== '') found[name] = value;
  }
  return found;
}

/** A condition with the step's values in it. Pure. */
export function filled(one: StepCondition, values: Readonly<Record<string, string>>): StepCondition {
  const inside = (value: unknown): unknown =>
    typeof value === 'string' ? fill(value, values) : Array.isArray(value) ? value.map(inside) : value;
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, inside(value)])) as StepCondition;
}
