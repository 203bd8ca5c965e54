import { readAnnouncement } from './service-keys.ts';
import { listAnew } from '../list-anew.ts';
import type { EtcdStore } from '../store.ts';

/**
 * Watches the instances announced under a discovery prefix such as `/services/couchbase` (layout: service-keys.ts). Lists first and watches from that very revision, so neither a key
 * that is not there yet nor one written meanwhile is missed. Resolves with the first picture taken; rejects like `store.list`.
 *
 * `onSet` is called for each announcement after that picture (etcdctl `set`, or `update` with a new value), with the picture that
 * includes it. A sidekick's refresh (`etcdctl update --ttl` of the same value) writes nothing and so is never seen. `onGone`
 * is called when an instance leaves or its lease runs out. After a compaction the difference is worked out and told the same way.
 */
export async function watchServices(
  store: EtcdStore,
  prefix: string,
  on: { onSet(instance: Instance, all: Instance[]): void; onGone?(instance: Instance, all: Instance[]): void },
): Promise<ServiceWatch> {
  const directory = `${prefix.replace(/\/+$/, '')}/`;
  const known = new Map<string, Instance>();
  let seen = 0; // revision of the last list taken over
  let lastEvent = 0;
  const all = () => [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));

  const set = (key: string, value: string, announce: boolean) => {
    const instance = readInstance(directory, key, value);
    if (!instance) return;
    known.set(key, instance);
    if (announce) on.onSet(instance, all());
  };
  const gone = (key: string) => {
    const instance = known.get(key);
    if (!instance) return;
    known.delete(key);
    on.onGone?.(instance, all());
  };
  /** The watch lost its history: compare the present with what is known. Repeats until the store answers. */
  const resync = async (): Promise<void> => {
    for (;;) {
      const listing = await listAnew(store, directory, () => lastEvent).catch(() => undefined);
      if (closed) return;
      if (!listing) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        continue;
      }
      seen = listing.revision;
      const present = new Map(listing.items.map((kv) => [kv.key, kv.value]));
      for (const key of [...known.keys()]) if (!present.has(key)) gone(key);
      for (const [key, value] of present) if (known.get(key)?.value !== value) set(key, value, true);
      return;
    }
  };

  let closed = false;
  const first = await store.list(directory);
  seen = first.revision;
  for (const kv of first.items) set(kv.key, kv.value, false);
  const initial = all();
  const watch = await store.watch(
    directory,
    {
      onEvent(event) {
        if (event.revision <= seen) return;
        lastEvent = event.revision;
        if (event.type === 'put') set(event.key, event.value, true);
        else gone(event.key);
      },
      onResync: () => void resync(),
    },
    first.revision + 1,
  );
  return {
    initial,
    instances: all,
    async close() {
      closed = true;
      await watch.close();
    },
  };
}

export interface Instance {
  /** Last part of the key: the unit's instance name. */
  readonly id: string;
  readonly key: string;
  /** As announced: `ADDR` or `ADDR:PORT`. */
  readonly value: string;
  readonly address: string;
  readonly port: number | undefined;
}

export interface ServiceWatch {
  /** The picture at the start, sorted by id. */
  readonly initial: Instance[];
  /** The picture now, sorted by id. */
  instances(): Instance[];
  close(): Promise<void>;
}

/** undefined for keys that announce nothing: directory markers, deeper keys, values without an address. */
function readInstance(directory: string, key: string, value: string): Instance | undefined {
  const id = key.slice(directory.length);
  const announced = id === '' || id.includes('/') ? undefined : readAnnouncement(value);
  return announced && { id, key, value, ...announced };
}
