import type { Requirements } from '../unit/requirements.ts';

/** What a user wants of a unit: known only; on a machine and loaded into systemd; started. */
export type DesiredState = 'inactive' | 'loaded' | 'launched';
export const desiredStates: readonly DesiredState[] = ['inactive', 'loaded', 'launched'];

/** A machine that is present. */
export interface Machine {
  /** machine-id, 32 hex digits. */
  id: string;
  /** Host name, for people (core-01). */
  name: string;
  ip: string;
  metadata: Readonly<Record<string, string>>;
}

/** A unit as the engine sees it. */
export interface EngineUnit {
  name: string;
  requirements: Requirements;
  desired: DesiredState;
  /** Machine id it is scheduled to. */
  target?: string;
  /** Why no machine could take it when that was last tried, one line a machine. */
  blocked?: readonly string[];
}

export interface Snapshot {
  units: readonly EngineUnit[];
  machines: readonly Machine[];
  /**
   * False right after an etcd outage: a machine may be missing only because it has not registered again, so units stay
   * scheduled to it for now.
   */
  missingMachinesAreDead: boolean;
  /** Ids of machines that are there, though nobody can read what they say of themselves: what is scheduled there stays. */
  unreadableMachines?: ReadonlySet<string>;
}

/** One change of the schedule. `reason` is one line for the log; `blocked` says per machine why none can take the unit. */
export type Decision =
  | { kind: 'place'; unit: string; to: string; reason: string }
  | { kind: 'move'; unit: string; from: string; to: string; reason: string }
  | { kind: 'evict'; unit: string; from: string; reason: string; blocked?: readonly string[] }
  | { kind: 'block'; unit: string; reason: string; blocked: readonly string[] }
  | { kind: 'unblock'; unit: string; reason: string };

/** `core-01 (a1b2c3d4...)`: how reasons name a machine. */
export function describeMachine(machine: Machine): string {
  return `${machine.name} (${shortId(machine.id)})`;
}

/** The first 8 characters of a machine id and three dots, as fleetctl prints it. */
export function shortId(id: string): string {
  return `${id.slice(0, 8)}...`;
}
