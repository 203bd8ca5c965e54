import type { Agent } from '../agent/run-agent.ts';
import type { Machine } from '../parts/model.ts';
import type { Engine } from '../engine/run-engine.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { StateRecord } from '../registry/records.ts';
import type { FleetdConfig } from './config.ts';
import type { Fence } from './fence.ts';
import type { Presence } from './presence.ts';

/** What works on the copy of the registry: there once etcd has answered. */
export interface FleetdParts {
  readonly mirror: Mirror;
  readonly agent: Agent;
  /** Undefined: it has none (`disable_engine`). */
  readonly engine: Engine | undefined;
  readonly presence: Presence;
  /** Undefined: the original's way, which is none. */
  readonly fence: Fence | undefined;
}

/** What a fleetd knows at one moment, for a person (SIGUSR1). `registry` is null until etcd has answered once. */
export interface FleetdState {
  readonly machine: Machine;
  readonly config: FleetdConfig;
  readonly listening: readonly string[];
  /** Id of the etcd lease this machine is registered with; null while it is not. */
  readonly lease: string | null;
  readonly engine: { leading: boolean; leader: string | null };
  readonly registry: {
    units: number;
    machines: readonly string[];
    states: number;
    unitsWithoutMachine: readonly string[];
  } | null;
  /** This machine's units, as its agent has reported them last. */
  readonly units: readonly StateRecord[];
}

/** @param parts undefined while fleetd waits for etcd */
export function fleetdState(
  config: FleetdConfig,
  machine: Machine,
  listening: readonly string[],
  parts: FleetdParts | undefined,
): FleetdState {
  const view = parts?.mirror.view();
  return {
    machine,
    config,
    listening,
    lease: parts?.presence.lease() ?? null,
    // The leadership key says `<machine id> <lease id>`.
    engine: { leading: parts?.engine?.isLeading() === true, leader: view?.leader?.split(' ', 1)[0] ?? null },
    registry:
      view === undefined
        ? null
        : {
            units: view.units.length,
            machines: view.machines.map((m) => m.name),
            states: view.states.length,
            unitsWithoutMachine: view.units.filter((u) => u.blocked !== undefined).map((u) => u.name),
          },
    units: parts?.agent.reports() ?? [],
  };
}
