import type { Requirements } from '../unit/requirements.ts';

/** What a user wants of a unit: known only; on a machine and loaded into systemd; started. */
export type DesiredState = 'inactive' | 'loaded' | 'launched';
export const desiredStates: readonly DesiredState[] = ['inactive', 'loaded', 'launched'];

/** A machine that is present. */
export interface Machine {
  /** machine-id, 32 hex digits. */
  readonly id: string;
  /** Host name, for people (core-01). */
  readonly name: string;
  readonly ip: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A unit as the engine sees it. */
export interface EngineUnit {
  readonly name: string;
  readonly requirements: Requirements;
  readonly desired: DesiredState;
  /** Machine id it is scheduled to. */
  readonly target?: string;
  /** Why no machine could take it when that was last tried, one line a machine. */
  readonly blocked?: readonly string[];
  /** Machine id that somebody asks it to be moved to. */
  readonly moveTo?: string;
}

export interface Snapshot {
  readonly units: readonly EngineUnit[];
  readonly machines: readonly Machine[];
  /**
   * False right after an etcd outage: a machine may be missing only because it has not registered again, so units stay
   * scheduled to it for now.
   */
  readonly missingMachinesAreDead: boolean;
  /** Ids of machines that are there, though nobody can read what they say of themselves: what is scheduled there stays. */
  readonly unreadableMachines?: ReadonlySet<string>;
}

/** One change of the schedule. `reason` is one line for the log; `blocked` says per machine why none can take the unit. */
export type Decision =
  | { readonly kind: 'place'; readonly unit: string; readonly to: string; readonly reason: string }
  | {
      readonly kind: 'move';
      readonly unit: string;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'evict';
      readonly unit: string;
      readonly from: string;
      readonly reason: string;
      readonly blocked?: readonly string[];
    }
  | { readonly kind: 'block'; readonly unit: string; readonly reason: string; readonly blocked: readonly string[] }
  /** A move that was asked for is not made. */
  | { readonly kind: 'stay'; readonly unit: string; readonly reason: string }
  | { readonly kind: 'unblock'; readonly unit: string; readonly reason: string };

/** `core-01 (a1b2c3d4...)`: how reasons name a machine. */
export function describeMachine(machine: Machine): string {
  return `${machine.name} (${shortId(machine.id)})`;
}

/** The first 8 characters of a machine id and three dots, as fleetctl prints it. */
export function shortId(id: string): string {
  return `${id.slice(0, 8)}...`;
}
