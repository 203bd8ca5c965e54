import type { FleetKeys } from '#platform/etcd/keys/fleet-keys.ts';

/** The fleet that a history is about. */
export interface FleetFacts {
  readonly keys: FleetKeys;
  readonly machines: readonly { readonly name: string; readonly id: string }[];
  readonly ttlSeconds: number;
}
