import type { EtcdStore, Write } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import { readState, writeState, type StateRecord } from '../registry/records.ts';
import { holdsOthersUp } from './start-waits.ts';

/** Puts unit states into etcd, on the presence lease: they vanish with the machine. Only what changed is written. */
export interface Publisher {
  /** Writes what has changed of this machine's units since the last time. @param lease that of its presence, which the keys go with */
  publish(lease: string, states: readonly StateRecord[]): Promise<void>;
  /**
   * Says of units that they are about to run here, in one transaction with their being scheduled here: whoever gets one of them later knows of it
   * and waits. Nothing is written of one of which this machine's last word makes others wait already, nor of global units.
   * @param lease undefined while this machine is not registered: then nothing that is scheduled can be claimed
   * @returns names of those that may be started; those that are not scheduled here any more are no part of it, with what was asked beside them
   */
  claim(lease: string | undefined, units: readonly { unit: string; hash: string }[]): Promise<ReadonlySet<string>>;
}

const writesPerTransaction = 100;
/** Each is a guard and a write; etcd takes 128 of either (--max-txn-ops). */
const claimsPerTransaction = 100;
/** What is said of a unit before systemd is asked to start it. */
const starting = { load: 'loaded', active: 'activating', sub: 'start', job: 'launched' } as const;
/** Longer than the copy of the registry lags behind our own writes. */
const settledMs = 300;

/**
 * What a fleetd that was killed had sent may arrive when its successor has published something else: TCP delivers it once the
 * way is free again, a partition's end say. So a state in etcd that is not the published one is written again.
 * @param onOverwritten called then; the next `publish` puts it right
 */
export function statePublisher(args: {
  store: EtcdStore;
  keys: FleetKeys;
  mirror: Pick<Mirror, 'value' | 'onChange' | 'view'>;
  machineId: string;
  onOverwritten: () => void;
}): Publisher {
  const { store, keys, mirror } = args;
  let published = new Map<string, string>();
  let under = '';
  const suspects = new Set<string>();
  let check: NodeJS.Timeout | undefined;

  const isOurs = (key: string) => key.startsWith(keys.states) && key.endsWith(`/${args.machineId}`);
  const differs = (key: string) => isOurs(key) && mirror.value(key) !== published.get(key);
  const settle = (): void => {
    check = undefined;
    const wrong = [...suspects].filter(differs);
    suspects.clear();
    for (const key of wrong) {
      // What is there counts as ours: it is replaced if the unit is here, and removed if it is not.
      const found = mirror.value(key);
      if (found === undefined) published.delete(key);
      else published.set(key, found);
    }
    if (wrong.length > 0) args.onOverwritten();
  };
  mirror.onChange((changed) => {
    // Before the first publishing what is there is a predecessor's, and goes away with its lease.
    if (under === '') return;
    for (const key of changed) if (differs(key)) suspects.add(key);
    if (suspects.size > 0) check ??= setTimeout(settle, settledMs).unref();
  });

  /** A new lease holds nothing yet; the keys of the old one go away with it. */
  const hangOn = (lease: string): void => {
    if (lease !== under) published = new Map();
    under = lease;
  };
  const isAnnounced = (unit: string): boolean =>
    holdsUp(unit, args.machineId, published.get(keys.state(unit, args.machineId)));
  return {
    async claim(lease, units) {
      const globals = new Set(mirror.view().units.flatMap((u) => (u.requirements.global ? [u.name] : [])));
      if (lease !== undefined) hangOn(lease);
      const needsNoWord = (unit: string): boolean => globals.has(unit) || (lease !== undefined && isAnnounced(unit));
      const claimed = new Set(units.map(({ unit }) => unit).filter(needsNoWord));
      if (lease === undefined) return claimed;
      const words = units
        .filter(({ unit }) => !claimed.has(unit))
        .map(({ unit, hash }) => ({ unit, machineId: args.machineId, hash, ...starting }));
      for (const state of await sayOfScheduled(store, keys, lease, words)) {
        published.set(keys.state(state.unit, state.machineId), writeState(state));
        claimed.add(state.unit);
      }
      return claimed;
    },
    async publish(lease, states) {
      hangOn(lease);
      const wanted = new Map(states.map((s) => [keys.state(s.unit, s.machineId), writeState(s)]));
      const writes: Write[] = [];
      for (const [key, value] of wanted) if (published.get(key) !== value) writes.push({ put: key, value, lease });
      for (const key of published.keys()) if (!wanted.has(key)) writes.push({ delete: key });
      for (let i = 0; i < writes.length; i += writesPerTransaction) {
        const part = writes.slice(i, i + writesPerTransaction);
        await store.transact([], part);
        for (const write of part) {
          if ('put' in write) published.set(write.put, write.value);
          else published.delete(write.delete);
        }
      }
    },
  };
}

/** Writes what a machine says of units, as far as they are scheduled to it. @returns what was written */
async function sayOfScheduled(
  store: EtcdStore,
  keys: FleetKeys,
  lease: string,
  states: readonly StateRecord[],
): Promise<StateRecord[]> {
  const said: StateRecord[] = [];
  for (let i = 0; i < states.length; i += claimsPerTransaction) {
    const part = states.slice(i, i + claimsPerTransaction);
    const guards = part.map(({ unit, machineId }) => ({ key: keys.job(unit).target, value: machineId }));
    const writes = part.map((state) => ({
      put: keys.state(state.unit, state.machineId),
      value: writeState(state),
      lease,
    }));
    if (await store.transact(guards, writes)) said.push(...part);
  }
  return said;
}

/** @param value the state as it is written; undefined: nothing is said */
function holdsUp(unit: string, machineId: string, value: string | undefined): boolean {
  const state = value === undefined ? undefined : readState(unit, machineId, value, () => undefined);
  return state !== undefined && holdsOthersUp(state);
}
