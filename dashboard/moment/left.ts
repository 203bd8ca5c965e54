import { readServiceKey } from '#platform/etcd/keys/service-keys.ts';
import { running } from '#scenarios/harness/record/replay.ts';
import type { KeyNow, MachineNow, Moment } from './moment.ts';
import { unitParts } from './unit-parts.ts';

/** What is left of a key or a presence: ms, and whether it is the most that can be left, for nobody was asked. */
export interface Left {
  readonly ms: number;
  /** Of a fresh one, ms. */
  readonly ofMs: number;
  readonly atMost: boolean;
}

/**
 * How long a discovery key lives on if nobody renews it: by what etcd said of its lease, less the time since; else, once its
 * sidekick's machine is silent, by its TTL from then on. Undefined while it is renewed and nobody was asked. Pure.
 */
export function leftOfKey(key: KeyNow, moment: Moment): Left | undefined {
  const { atMs } = moment;
  const ttlMs = moment.ttls[key.key];
  const silentSinceMs = announcerOf(key.key, moment)?.silentSinceMs;
  if (key.lease !== undefined) return runningOut(key.lease, atMs, silentSinceMs !== undefined);
  if (ttlMs === undefined || silentSinceMs === undefined) return undefined;
  const ms = Math.max(0, ttlMs - (atMs - Math.max(silentSinceMs, key.sinceMs)));
  return { ms, ofMs: ttlMs, atMost: true };
}

/** What is left of the lease of a machine's presence. Pure. */
export function leftOfPresence(machine: MachineNow, atMs: number): Left | undefined {
  return machine.presence === undefined || !machine.listed
    ? undefined
    : runningOut(machine.presence, atMs, machine.silentSinceMs !== undefined);
}

/** What would have run out, and is there although nobody keeps it from being renewed, was renewed since it was asked about. */
function runningOut(
  { leftMs, grantedMs, atMs: askedMs }: NonNullable<KeyNow['lease']>,
  atMs: number,
  silent: boolean,
): Left | undefined {
  const ms = Math.max(0, leftMs - (atMs - askedMs));
  return ms === 0 && !silent ? undefined : { ms, ofMs: grantedMs, atMost: false };
}

/** The machine whose sidekick keeps a key. */
function announcerOf(key: string, { units, machines }: Moment): MachineNow | undefined {
  const service = readServiceKey(key);
  if (service === undefined) return undefined;
  const sidekick = units.find(({ name }) => {
    const parts = unitParts(name);
    return parts.sidekick && parts.kind === service.kind && parts.instance === service.instance;
  });
  const home = sidekick?.states.find(({ state }) => state === running)?.machine ?? sidekick?.target;
  return machines.find(({ name }) => name === home);
}
