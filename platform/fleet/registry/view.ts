import type { Machine, Snapshot } from '../engine/model.ts';
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

/** Everything fleet knows, at one moment: units and machines sorted by name and id, states by unit and machine. */
export interface FleetView {
  readonly units: UnitRecord[];
  readonly machines: Machine[];
  /** Metadata that was set through the API, by machine id: also of machines that are not there, for they may come back. */
  readonly overlays: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Ids of machines that are there, though what their key says cannot be read. */
  readonly unreadableMachines: string[];
  readonly states: StateRecord[];
  /** Value of the leadership key. */
  readonly leader?: string;
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
  const jobs = new Map<string, Map<string, string>>();
  const objects = new Map<string, string>();
  const overlays = new Map<string, Record<string, string>>();
  const states: StateRecord[] = [];
  const machines: Machine[] = [];
  let leader: string | undefined;
  for (const [key, value] of items) {
    if (key === keys.leader) leader = value;
    const [folder, name, part, metadataKey] = key.slice(keys.prefix.length).split('/');
    if (name === undefined || part === undefined) continue;
    if (folder === 'job') {
      const job = jobs.get(name) ?? new Map<string, string>();
      jobs.set(name, job.set(part, value));
    } else if (folder === 'machines' && part === 'object') objects.set(name, value);
    else if (folder === 'machines' && part === 'metadata' && metadataKey !== undefined) {
      overlays.set(name, { ...overlays.get(name), [metadataKey]: value });
    } else if (folder === 'states') {
      const state = readState(name, part, value, (problem) => onBad(key, problem));
      if (state !== undefined) states.push(state);
    }
  }
  const unreadableMachines: string[] = [];
  for (const [id, value] of objects) {
    const machine = readMachine(id, value, overlays.get(id) ?? {}, (problem) => onBad(keys.machine(id), problem));
    if (machine === undefined) unreadableMachines.push(id);
    else machines.push(machine);
  }
  return {
    units: [...jobs]
      .map(([name, job]) => unitOf(keys.job(name), name, job, onBad))
      .filter((unit) => unit !== undefined)
      .sort(by((u) => u.name)),
    machines: machines.sort(by((m) => m.id)),
    overlays,
    unreadableMachines,
    states: states.sort(by((s) => `${s.unit}\0${s.machineId}`)),
    ...(leader !== undefined && { leader }),
  };
}

function unitOf(
  keys: JobKeys,
  name: string,
  job: ReadonlyMap<string, string>,
  onBad: (key: string, problem: string) => void,
): UnitRecord | undefined {
  const object = job.get('object');
  // A target or a reason may outlive its unit for a moment.
  if (object === undefined) return undefined;
  const stored = readUnit(name, object, (problem) => onBad(keys.object, problem));
  if (stored === undefined) return undefined;
  const target = job.get('target');
  const lines = job.get('unschedulable');
  const blocked = lines === undefined ? undefined : readBlocked(lines, (problem) => onBad(keys.blocked, problem));
  return {
    name,
    ...stored,
    desired: readDesired(job.get('target-state'), (problem) => onBad(keys.desired, problem)),
    ...(target !== undefined && { target }),
    ...(blocked !== undefined && { blocked }),
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

function by<T>(key: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
