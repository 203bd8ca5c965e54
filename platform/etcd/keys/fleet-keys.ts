/** Where fleet keeps things in etcd v3: the original's layout. `prefix` ends in a slash (default `/_coreos.com/fleet/`). */
export interface FleetKeys {
  readonly prefix: string;
  /** Holder of the engine leadership; hangs on the holder's presence lease. */
  readonly leader: string;
  readonly machines: string;
  /** What a machine says of itself (JSON), on its presence lease: with it, the machine is there. */
  machine(id: string): string;
  /** Value of one metadata key that was set through the API; it outlives the machine's presence. */
  machineMetadata(id: string, key: string): string;
  /** Present for a while after a machine has left in order: nothing runs there. Ours; the original has no such key. */
  machineLeft(id: string): string;
  readonly jobs: string;
  /** The keys of one unit. */
  job(unit: string): JobKeys;
  readonly states: string;
  /** A unit's states on all machines, as a prefix. */
  statesOf(unit: string): string;
  /** A unit's state as one machine says it (JSON), on that machine's presence lease. */
  state(unit: string, machineId: string): string;
  /** The unit that a key below `jobs` or `states` is of. */
  unitOf(key: string): string | undefined;
}

export interface JobKeys {
  /** Everything of one unit, as a prefix. */
  readonly all: string;
  /** JSON {Name, Hash, Raw}. */
  readonly object: string;
  /** inactive | loaded | launched */
  readonly desired: string;
  /** Machine id the engine chose. */
  readonly target: string;
  /** JSON array: why no machine can take the unit, one line a machine. Present only while it is so. */
  readonly blocked: string;
  /** Machine id: somebody asks the engine to move the unit there. Ours. */
  readonly moveTo: string;
  /** JSON: the last decisions about the unit, for `fleetctl why`. Ours; the original has no such key. */
  readonly decisions: string;
}

export const defaultKeyPrefix = '/_coreos.com/fleet/';

/**
 * Seconds of the lease that everything a machine says of itself hangs on. etcd notices an expired lease up to half a second
 * late, and when its own leader dies with the machine, the next leader (after an election) gives every lease its full time
 * again. A lease a second shorter than the TTL keeps the promise that a machine that says nothing is gone after the TTL. etcd
 * grants no lease under 2 s.
 * @param ttlSeconds fleet's agent TTL, whole seconds
 */
export function presenceLeaseSeconds(ttlSeconds: number): number {
  return Math.max(2, ttlSeconds - 1);
}

/** The names of fleet's keys below a prefix, which ends with a slash. Pure. */
export function fleetKeys(prefix: string = defaultKeyPrefix): FleetKeys {
  return {
    prefix,
    leader: `${prefix}lease/engine-leader`,
    machines: `${prefix}machines/`,
    machine: (id) => `${prefix}machines/${id}/object`,
    machineMetadata: (id, key) => `${prefix}machines/${id}/metadata/${key}`,
    machineLeft: (id) => `${prefix}machines/${id}/left`,
    jobs: `${prefix}job/`,
    job(unit) {
      const all = `${prefix}job/${unit}/`;
      return {
        all,
        object: `${all}object`,
        desired: `${all}target-state`,
        target: `${all}target`,
        blocked: `${all}unschedulable`,
        moveTo: `${all}move-to`,
        decisions: `${all}decisions`,
      };
    },
    states: `${prefix}states/`,
    statesOf: (unit) => `${prefix}states/${unit}/`,
    state: (unit, machineId) => `${prefix}states/${unit}/${machineId}`,
    unitOf(key) {
      const [folder, unit, part] = key.slice(prefix.length).split('/', 3);
      return key.startsWith(prefix) && (folder === 'job' || folder === 'states') && part !== undefined
        ? unit
        : undefined;
    },
  };
}
