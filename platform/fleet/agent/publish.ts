import type { EtcdStore, Write } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import { writeState, type StateRecord } from '../registry/records.ts';

/** Puts unit states into etcd, on the presence lease: they vanish with the machine. Only what changed is written. */
export interface Publisher {
  publish(lease: string, states: readonly StateRecord[]): Promise<void>;
}

const writesPerTransaction = 100;
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
  mirror: Pick<Mirror, 'value' | 'onChange'>;
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

  return {
    async publish(lease, states) {
      // A new lease holds nothing yet; the keys of the old one go away with it.
      if (lease !== under) published = new Map();
      under = lease;
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
