import type { EtcdStore, StoreEvent } from '../../etcd/store.ts';
import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { viewOf, type FleetView } from './view.ts';

/** A copy of fleet's keys that follows etcd: read once, then fed by a watch. */
export interface Mirror {
  view(): FleetView;
  /** Raw value of one key, as last seen. */
  value(key: string): string | undefined;
  /** The store's revision when that value was written; also a value that is written again has a new one. */
  revision(key: string): number | undefined;
  /** Calls `listener` with the keys that changed, once per burst of events. */
  onChange(listener: (keys: ReadonlySet<string>) => void): void;
  close(): Promise<void>;
}

interface Item {
  value: string;
  revision: number;
}

function* valuesOf(items: ReadonlyMap<string, Item>): Generator<[key: string, value: string]> {
  for (const [key, { value }] of items) yield [key, value];
}

/**
 * Lists fleet's prefix and follows it. What the copy says may be a moment old: whoever writes on its word guards the write
 * in the same transaction. Every `relistMs` it is compared with a fresh listing: a member that stands still keeps a watch open
 * and says nothing on it.
 * @throws LabError `timeout.etcd…` when the first listing or watch does not succeed
 */
export async function openMirror(
  store: EtcdStore,
  keys: FleetKeys,
  log: (line: string) => void,
  relistMs = 10_000,
): Promise<Mirror> {
  let items = new Map<string, Item>();
  let seen = 0;
  /** Events that came by the watch, and how many had when it was first found to lack some. */
  let heard = 0;
  let suspectedAt: number | undefined;
  let recheck: NodeJS.Timeout | undefined;
  let cached: FleetView | undefined;
  let closed = false;
  const listeners: ((keys: ReadonlySet<string>) => void)[] = [];
  let changed = new Set<string>();

  const touch = (key: string): void => {
    cached = undefined;
    // One turn of the event loop gathers the events of one etcd response, so that a transaction is seen whole.
    if (changed.size === 0) setImmediate(flush);
    changed.add(key);
  };
  const flush = (): void => {
    const burst = changed;
    changed = new Set();
    if (!closed) for (const listener of listeners) listener(burst);
  };
  /** A fresh listing, and in which keys the copy differs from it. */
  const read = async () => {
    const { items: listed, revision } = await store.list(keys.prefix);
    const fresh = new Map(listed.map((item) => [item.key, { value: item.value, revision: item.modRevision }]));
    const keysOfBoth = [...new Set([...items.keys(), ...fresh.keys()])];
    const missed = keysOfBoth.filter((key) => items.get(key)?.revision !== fresh.get(key)?.revision);
    return { fresh, missed, revision };
  };
  const adopt = ({ fresh, missed, revision }: Awaited<ReturnType<typeof read>>): number => {
    missed.forEach(touch);
    items = fresh;
    seen = revision;
    cached = undefined;
    return revision;
  };
  const list = async (): Promise<number> => adopt(await read());
  const relist = (): void => {
    list().catch((error: unknown) => {
      log(`mirror event=relist-failed cause=${JSON.stringify(String(error))}`);
      if (!closed) setTimeout(relist, 500);
    });
  };
  const onEvent = (event: StoreEvent): void => {
    heard += 1;
    if (event.revision <= seen) return; // already in a listing
    if (event.type === 'put') items.set(event.key, { value: event.value, revision: event.revision });
    else items.delete(event.key);
    touch(event.key);
  };

  const follow = (from: number) =>
    store.watch(
      keys.prefix,
      {
        onEvent,
        onResync: relist,
        onDisconnect: (e) => log(`mirror event=disconnected cause=${JSON.stringify(e.message)}`),
      },
      from,
    );
  const compare = async (): Promise<void> => {
    const before = heard;
    const listing = await read();
    if (closed || heard !== before || listing.missed.length === 0) return void (suspectedAt = undefined);
    if (suspectedAt !== heard) {
      // Its events may be on their way still.
      suspectedAt = heard;
      recheck = setTimeout(compareQuietly, relistMs / 10);
      return;
    }
    log(`mirror event=watch-silent missed=${listing.missed.length}`);
    suspectedAt = undefined;
    const silent = watch;
    watch = await follow(adopt(listing) + 1);
    await silent.close();
  };
  // etcd away: the watch says so itself.
  const compareQuietly = () => void compare().catch(() => undefined);

  let watch = await follow((await list()) + 1);
  const comparison = setInterval(compareQuietly, relistMs);
  return {
    view: () => (cached ??= viewOf(keys, valuesOf(items))),
    value: (key) => items.get(key)?.value,
    revision: (key) => items.get(key)?.revision,
    onChange: (listener) => listeners.push(listener),
    async close() {
      closed = true;
      clearInterval(comparison);
      clearTimeout(recheck);
      await watch.close();
    },
  };
}
