import type { Machine, Snapshot } from '../parts/model.ts';
import type { FleetKeys, JobKeys } from '../../etcd/keys/fleet-keys.ts';
import {
  readBlocked,
  readDesired,
  readMachine,
  readState,
  readUnit,
  type StateRecord,
  type UnitRecord,
} from './records.ts';
import { recordTable } from './record-table.ts';

/**
 * Everything fleet knows, at one moment: units and machines sorted by name and id, states by unit and machine. A list in which nothing has
 * changed is the same in the next view.
 */
export interface FleetView {
  readonly units: readonly UnitRecord[];
  readonly machines: readonly Machine[];
  /** Metadata that was set through the API, by machine id: also of machines that are not there, for they may come back. */
  readonly overlays: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Ids of machines that are there, though what their key says cannot be read. */
  readonly unreadableMachines: readonly string[];
  /** Ids of machines that are not there and have said that they stopped all their units. */
  readonly leftMachines: readonly string[];
  readonly states: readonly StateRecord[];
  /** Value of the leadership key. */
  readonly leader?: string;
}

/** A view that is kept up to date key by key. */
export interface LiveView {
  /** @param value undefined when the key has gone */
  take(key: string, value: string | undefined): void;
  /** All that was taken in. Lists of which nothing has changed are the same arrays as before. */
  view(): FleetView;
  /** One unit of it, by its name. */
  unit(name: string): UnitRecord | undefined;
  /** By machine id. */
  statesOf(unit: string): readonly StateRecord[];
}

/** @param onBad told of each key whose value is none of fleet's, and why, once until that changes; that value is left out */
export function liveView(keys: FleetKeys, onBad: (key: string, problem: string) => void): LiveView {
  const units = recordTable<UnitRecord>((name, job, bad) => unitOf(keys.job(name), name, job, bad), onBad);
  const machines = recordTable<ReadMachine>((id, parts, bad) => machineOf(keys.machine(id), id, parts, bad), onBad);
  const states = recordTable<StateRecord[]>((unit, parts, bad) => statesOf(keys, unit, parts, bad), onBad);
  // What is made of a list stays the same as long as that does.
  const present = ofSame((all: readonly ReadMachine[]) => ({
    machines: all.flatMap(({ machine }) => machine ?? []),
    overlays: new Map(all.flatMap(({ id, overlay }) => (Object.keys(overlay).length > 0 ? [[id, overlay]] : []))),
    unreadableMachines: all.flatMap(({ id, isThere, machine }) => (isThere && machine === undefined ? [id] : [])),
    leftMachines: all.flatMap(({ id, isThere, hasLeft }) => (hasLeft && !isThere ? [id] : [])),
  }));
  const flat = ofSame((all: readonly (readonly StateRecord[])[]) => all.flat());
  let leader: string | undefined;
  let cached: FleetView | undefined;
  return {
    take(key, value) {
      cached = undefined;
      if (key === keys.leader) leader = value;
      const [folder, name, ...rest] = key.slice(keys.prefix.length).split('/');
      if (name === undefined || rest.length === 0) return;
      if (folder === 'job') units.take(name, rest.join('/'), value);
      else if (folder === 'machines') machines.take(name, rest.join('/'), value);
      else if (folder === 'states') states.take(name, rest.join('/'), value);
    },
    unit: (name) => units.get(name),
    statesOf: (unit) => states.get(unit) ?? [],
    view: () =>
      (cached ??= {
        units: units.all(),
        ...present(machines.all()),
        states: flat(states.all()),
        ...(leader !== undefined && { leader }),
      }),
  };
}

/**
 * Reads the keys under fleet's prefix (or a part of them) into records.
 * @param onBad called with each key whose value is none of fleet's, and why; that value is left out
 */
export function viewOf(
  keys: FleetKeys,
  items: Iterable<readonly [key: string, value: string]>,
  onBad: (key: string, problem: string) => void = () => undefined,
): FleetView {
  const live = liveView(keys, onBad);
  for (const [key, value] of items) live.take(key, value);
  return live.view();
}

/** Remembers what was made of the last list. */
function ofSame<From extends object, To>(make: (from: From) => To): (from: From) => To {
  let last: { readonly from: From; readonly to: To } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, to: make(from) };
    return last.to;
  };
}

interface ReadMachine {
  readonly id: string;
  readonly isThere: boolean;
  readonly hasLeft: boolean;
  /** Undefined when what its key says cannot be read, or it is not there. */
  readonly machine: Machine | undefined;
  /** Metadata that was set through the API: it outlives the machine's presence. */
  readonly overlay: Readonly<Record<string, string>>;
}

type OnBad = (key: string, problem: string) => void;

function machineOf(key: string, id: string, parts: ReadonlyMap<string, string>, onBad: OnBad): ReadMachine {
  const overlay = Object.fromEntries(
    [...parts].flatMap(([part, value]): [string, string][] => {
      const [folder, name, ...more] = part.split('/');
      return folder === 'metadata' && name !== undefined && more.length === 0 ? [[name, value]] : [];
    }),
  );
  const object = parts.get('object');
  const machine = object === undefined ? undefined : readMachine(id, object, overlay, (problem) => onBad(key, problem));
  return { id, isThere: object !== undefined, hasLeft: parts.has('left'), machine, overlay };
}

function statesOf(keys: FleetKeys, unit: string, parts: ReadonlyMap<string, string>, onBad: OnBad): StateRecord[] {
  return [...parts.keys()].sort().flatMap((id) => {
    const value = parts.get(id);
    if (value === undefined || id.includes('/')) return [];
    return readState(unit, id, value, (problem) => onBad(keys.state(unit, id), problem)) ?? [];
  });
}

function unitOf(keys: JobKeys, name: string, job: ReadonlyMap<string, string>, onBad: OnBad): UnitRecord | undefined {
  const object = job.get('object');
  // A target or a reason may outlive its unit for a moment.
  if (object === undefined) return undefined;
  const stored = readUnit(name, object, (problem) => onBad(keys.object, problem));
  if (stored === undefined) return undefined;
  const target = job.get('target');
  const moveTo = job.get('move-to');
  const lines = job.get('unschedulable');
  const blocked = lines === undefined ? undefined : readBlocked(lines, (problem) => onBad(keys.blocked, problem));
  return {
    name,
    ...stored,
    desired: readDesired(job.get('target-state'), (problem) => onBad(keys.desired, problem)),
    ...(target !== undefined && { target }),
    ...(blocked !== undefined && { blocked }),
    ...(moveTo !== undefined && { moveTo }),
  };
}

/** What the engine decides on. */
export function snapshotOf(view: FleetView, missingMachinesAreDead: boolean): Snapshot {
  const { units, machines, unreadableMachines } = view;
  return { units, machines, missingMachinesAreDead, unreadableMachines: new Set(unreadableMachines) };
}

/**
 * What has become of a unit: `inactive` until its machine has published a state for this very text of it, then what that
 * machine's agent has done with it. Derived, never stored.
 */
export function currentState(unit: UnitRecord, states: readonly StateRecord[]): 'inactive' | 'loaded' | 'launched' {
  const own = states.find((s) => s.unit === unit.name && s.machineId === unit.target && s.hash === unit.hash);
  return own?.job ?? 'inactive';
}
