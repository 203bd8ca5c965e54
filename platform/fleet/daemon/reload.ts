import { isDeepStrictEqual } from 'node:util';
import type { FleetdConfig } from './config.ts';

/** What a fleetd takes over while it runs; its sockets, its etcd and who it is, it has from its start. */
const reloadable: ReadonlySet<string> = new Set<keyof FleetdConfig>([
  ...([
    'hostname',
    'publicIp',
    'metadata',
    'agentTtl',
    'resyncMs',
    'shutdownWaitMs',
    'disableEngine',
    'fence',
  ] as const),
]);

export interface Reload {
  /** As it is from now on. */
  readonly config: FleetdConfig;
  /** Names of what is another from now on. */
  readonly changed: readonly string[];
  /** Names of what would be another after a restart. */
  readonly afterRestart: readonly string[];
}

/** What a new reading of the configuration changes at once, and what not. Pure. */
export function reloadOf(now: FleetdConfig, read: FleetdConfig): Reload {
  const names = Object.keys(read) as (keyof FleetdConfig)[];
  const other = names.filter((name) => !isDeepStrictEqual(now[name], read[name]));
  const changed = other.filter((name) => reloadable.has(name));
  const taken = Object.fromEntries(changed.map((name) => [name, read[name]]));
  return { config: { ...now, ...taken }, changed, afterRestart: other.filter((name) => !reloadable.has(name)) };
}
