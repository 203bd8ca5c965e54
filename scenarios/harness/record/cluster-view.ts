import type { EventOf, Without } from './run-event.ts';

/** What fleet and the discovery keys say at one moment. Machines are named by their hostname (`core-01`). */
export interface ClusterView {
  readonly machines: readonly string[];
  readonly units: readonly UnitView[];
  /** Discovery keys below /services, e.g. `/services/couchbase/1` -> `10.1.2.2`. */
  readonly keys: Readonly<Record<string, string>>;
}

export interface UnitView {
  readonly name: string;
  /** Where the engine wants it; undefined when it is not placed. */
  readonly target: string | undefined;
  /** Where a state is published, and which: `active/running`. */
  readonly states: readonly { readonly machine: string; readonly state: string }[];
  /** Why it is not placed, when fleet says so. */
  readonly reason: string | undefined;
}

/** The machine a unit runs on, when it runs on exactly one. */
export function runningOn(view: ClusterView, unit: string): string | undefined {
  const states = view.units.find(({ name }) => name === unit)?.states ?? [];
  const running = states.filter(({ state }) => state === 'active/running');
  return running.length === 1 ? running[0]?.machine : undefined;
}

export const viewChangeTypes = [
  'machine-present',
  'machine-gone',
  'unit-target',
  'unit-state',
  'key-set',
  'key-gone',
] as const;

/** An event that tells of the cluster, before it has its time. */
export type ViewChange = Without<'atMs' | 'wallMs', EventOf<(typeof viewChangeTypes)[number]>>;

interface Mark {
  readonly initial?: boolean;
}

/**
 * What changed between two views, as events. Pure.
 * @param mark goes into each event's data
 */
export function viewChanges(before: ClusterView, after: ClusterView, mark: Mark = {}): ViewChange[] {
  return [
    ...machineChanges(before, after, mark),
    ...unitChanges(before, after, mark),
    ...keyChanges(before, after, mark),
  ];
}

function machineChanges(before: ClusterView, after: ClusterView, mark: Mark): ViewChange[] {
  const gone = before.machines.filter((machine) => !after.machines.includes(machine));
  const present = after.machines.filter((machine) => !before.machines.includes(machine));
  return [
    ...gone.map((machine): ViewChange => ({ type: 'machine-gone', data: { machine, ...mark } })),
    ...present.map((machine): ViewChange => ({ type: 'machine-present', data: { machine, ...mark } })),
  ];
}

function unitChanges(before: ClusterView, after: ClusterView, mark: Mark): ViewChange[] {
  const changes: ViewChange[] = [];
  const gone = before.units.filter(({ name }) => !after.units.some((unit) => unit.name === name));
  const nowhere = gone.map(({ name }): UnitView => ({ name, target: undefined, states: [], reason: undefined }));
  for (const unit of [...after.units, ...nowhere]) {
    const old = before.units.find(({ name }) => name === unit.name);
    if (old?.target !== unit.target) {
      changes.push({
        type: 'unit-target',
        data: {
          unit: unit.name,
          from: old?.target ?? null,
          to: unit.target ?? null,
          reason: unit.reason ?? null,
          ...mark,
        },
      });
    }
    const states = new Map(unit.states.map(({ machine, state }) => [machine, state]));
    const oldStates = new Map((old?.states ?? []).map(({ machine, state }) => [machine, state]));
    for (const machine of new Set([...states.keys(), ...oldStates.keys()])) {
      const state = states.get(machine) ?? null;
      if (state !== (oldStates.get(machine) ?? null))
        changes.push({ type: 'unit-state', data: { unit: unit.name, machine, state, ...mark } });
    }
  }
  return changes;
}

function keyChanges(before: ClusterView, after: ClusterView, mark: Mark): ViewChange[] {
  const keys = new Set([...Object.keys(before.keys), ...Object.keys(after.keys)]);
  return [...keys].flatMap((key): ViewChange[] => {
    const [old, value] = [before.keys[key], after.keys[key]];
    if (old === value) return [];
    if (value !== undefined) return [{ type: 'key-set', data: { key, value, old: old ?? null, ...mark } }];
    return old === undefined ? [] : [{ type: 'key-gone', data: { key, old, ...mark } }];
  });
}
