import type { EtcdStore, Write } from '../../etcd/store.ts';
import type { FleetKeys } from '../registry/keys.ts';
import { writeState, type StateRecord } from '../registry/records.ts';

/** Puts unit states into etcd, on the presence lease: they vanish with the machine. Only what changed is written. */
export interface Publisher {
  publish(lease: string, states: readonly StateRecord[]): Promise<void>;
}

const writesPerTransaction = 100;

export function statePublisher(store: EtcdStore, keys: FleetKeys): Publisher {
  let published = new Map<string, string>();
  let under = '';
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
