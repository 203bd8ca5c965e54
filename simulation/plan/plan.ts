import type { Daemon, Operation } from '../history/event.ts';
import type { FleetSettings } from '../machines/fleetd.ts';

/** What one simulation does, whole: the same plan makes the same history. */
export interface Plan {
  /** Of the random numbers that the plan does not say: how long each packet takes, and the like. */
  readonly seed: number;
  readonly fleet: FleetShape;
  readonly rounds: readonly Round[];
}

export interface FleetShape extends FleetSettings {
  readonly machines: number;
  /** The first machines have an etcd member each: 1, 3 or 5. */
  readonly members: number;
}

/** Faults and operations, then calm: everything is given back, nobody asks for anything, and it must come to rest. */
export interface Round {
  readonly lengthMs: number;
  readonly actions: readonly Action[];
}

/** Which machine: by its number from 1, or who leads when it is time for it. */
export type Which = number | 'engine' | 'etcd';

/** `atMs` since the round began. */
export type Action = { readonly atMs: number } & (
  | { readonly does: 'operation'; readonly client: number; readonly operation: Operation }
  | ({ readonly does: 'fault' } & Fault)
);

/** What is undone after `lastsMs`, or at the end of the round if that is earlier. */
export type Fault =
  | { readonly fault: 'power-off'; readonly on: Which; readonly lastsMs: number }
  /** kill -9; systemd starts it again. */
  | { readonly fault: 'kill'; readonly daemon: 'fleetd' | 'etcd'; readonly on: Which }
  | { readonly fault: 'stop-etcd'; readonly on: Which; readonly lastsMs: number }
  /** `systemctl stop fleet`: it hands its units over. */
  | { readonly fault: 'leave'; readonly on: Which; readonly lastsMs: number }
  | { readonly fault: 'pause'; readonly daemon: Daemon; readonly on: Which; readonly lastsMs: number }
  /** `in`: these machines hear nothing of the others; `out`: the others hear nothing of them. */
  | {
      readonly fault: 'partition';
      readonly machines: readonly number[];
      readonly direction: 'both' | 'in' | 'out';
      readonly lastsMs: number;
    }
  | {
      readonly fault: 'lossy';
      readonly on: Which;
      readonly loss: number;
      readonly delayMs: number;
      readonly lastsMs: number;
    }
  | { readonly fault: 'slow-disk'; readonly on: Which; readonly writeMs: number; readonly lastsMs: number }
  /** Its clock gains or loses: 1.02 is 2 % too fast. */
  | { readonly fault: 'clock'; readonly on: Which; readonly rate: number; readonly lastsMs: number }
  /** Somebody revokes its presence lease. */
  | { readonly fault: 'revoke'; readonly on: Which }
  | { readonly fault: 'compact' }
  /** etcd elects another leader, for no reason that fleet can see. */
  | { readonly fault: 'depose' }
  | {
      readonly fault: 'systemd';
      readonly on: Which;
      readonly slowness: number;
      readonly stumbles: number;
      readonly lastsMs: number;
    }
  /** A process of a unit dies. */
  | { readonly fault: 'unit-dies'; readonly on: Which };

/** `core-01` of 1. Pure. */
export function machineName(number: number): string {
  return `core-0${number}`;
}

/** As the real ones: 32 hex digits. */
export function machineId(number: number): string {
  return String(number).repeat(32);
}

/** In words, for a transcript. */
export function actionText(action: Action): string {
  if (action.does === 'operation') return `client-${action.client}: ${operationText(action.operation)}`;
  const { atMs: _at, does: _does, fault, ...how } = action;
  const words = Object.entries(how).map(([name, value]) => `${name}=${Array.isArray(value) ? value.join('+') : value}`);
  return [fault, ...words].join(' ');
}

/** One line of a transcript. Pure. */
export function operationText(operation: Operation): string {
  switch (operation.kind) {
    case 'create':
      return `create ${operation.unit}, ${operation.desired}: ${oneLine(operation.text)}`;
    case 'replace':
      return `replace ${operation.unit}: ${oneLine(operation.text)}`;
    case 'want':
      return `want ${operation.unit} ${operation.desired}`;
    case 'destroy':
      return `destroy ${operation.unit}`;
    case 'metadata':
      return `metadata of ${operation.machine}: ${operation.key}=${operation.value}`;
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\n+/g, ' | ');
}
