import type { Machine, Snapshot } from '../engine/model.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import {
  readDesired,
  readLines,
  readMachine,
  readState,
  readUnit,
  type StateRecord,
  type UnitRecord,
} from './records.ts';

/** Everything fleet knows, at one moment: units and machines sorted by name and id, states by unit and machine. */
export interface FleetView {
  units: UnitRecord[];
  machines: Machine[];
  states: StateRecord[];
  /** Value of the leadership key. */
  leader?: string;
}

/** Reads the keys under fleet's prefix (or a part of them) into records. */
export function viewOf(keys: FleetKeys, items: Iterable<readonly [key: string, value: string]>): FleetView {
  const jobs = new Map<string, Map<string, string>>();
  const objects = new Map<string, string>();
  const overlays = new Map<string, Record<string, string>>();
  const states: StateRecord[] = [];
  let leader: string | undefined;
  for (const [key, value] of items) {
    const [folder, a = '', b = '', c] = key.slice(keys.prefix.length).split('/');
    if (folder === 'job') {
      const job = jobs.get(a) ?? new Map<string, string>();
      jobs.set(a, job.set(b, value));
    } else if (folder === 'machines' && b === 'object') objects.set(a, value);
    else if (folder === 'machines' && b === 'metadata' && c !== undefined) {
      overlays.set(a, { ...overlays.get(a), [c]: value });
    } else if (folder === 'states') states.push(readState(a, b, value));
    else if (key === keys.leader) leader = value;
  }
  return {
    units: [...jobs].flatMap(([name, job]) => unitOf(name, job)).sort(by((u) => u.name)),
    machines: [...objects].map(([id, value]) => readMachine(id, value, overlays.get(id) ?? {})).sort(by((m) => m.id)),
    states: states.sort(by((s) => `${s.unit}\0${s.machineId}`)),
    ...(leader !== undefined && { leader }),
  };
}

function unitOf(name: string, job: ReadonlyMap<string, string>): UnitRecord[] {
  const stored = readUnit(name, job.get('object') ?? '');
  if (stored === undefined) return [];
  const target = job.get('target');
  const blocked = job.get('unschedulable');
  return [
    {
      name,
      ...stored,
      desired: readDesired(job.get('target-state')),
      ...(target !== undefined && { target }),
      ...(blocked !== undefined && { blocked: readLines(blocked) }),
    },
  ];
}

/** What the engine decides on. */
export function snapshotOf(view: FleetView, missingMachinesAreDead: boolean): Snapshot {
  return { units: view.units, machines: view.machines, missingMachinesAreDead };
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
