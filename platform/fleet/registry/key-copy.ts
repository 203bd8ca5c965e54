import type { KeyValue, StoreEvent } from '../../etcd/store.ts';

/** Keys of a store as they were last seen, with the store's revision of each; tells listeners which of them change. */
export interface KeyCopy {
  /** Raw value of one key, as last taken in. */
  value(key: string): string | undefined;
  /** The store's revision when that value was written. */
  revision(key: string): number | undefined;
  /** How many keys there are. */
  size(): number;
  /** Every change up to this revision of the store has been taken in. */
  seen(): number;
  /** Takes in what a watch says; what a listing has said already is left out. */
  take(event: StoreEvent): void;
  /** Keys in which the copy is another than a listing. */
  differences(items: readonly KeyValue[]): string[];
  /** Becomes what a listing says, which is of this revision of the store. */
  adopt(items: readonly KeyValue[], revision: number): void;
  /** Calls `listener` with the keys that changed, once per burst of changes, until the function that it returns is called. */
  onChange(listener: (keys: ReadonlySet<string>) => void): () => void;
  /** No listener hears anything any more. */
  close(): void;
}

/** @param onTouched told at once of each change, before the listeners hear of the burst; undefined = the key has gone */
export function keyCopy(onTouched: (key: string, value: string | undefined) => void): KeyCopy {
  let items = new Map<string, { value: string; revision: number }>();
  let listedAt = 0;
  let seen = 0;
  let changed = new Set<string>();
  let isClosed = false;
  const listeners = new Set<(keys: ReadonlySet<string>) => void>();

  const flush = (): void => {
    const burst = changed;
    changed = new Set();
    if (!isClosed) for (const listener of listeners) listener(burst);
  };
  const touch = (key: string): void => {
    onTouched(key, items.get(key)?.value);
    // One turn of the event loop gathers the events of one etcd response, so that a transaction is seen whole.
    if (changed.size === 0) setImmediate(flush);
    changed.add(key);
  };
  const differences = (listed: readonly KeyValue[]): string[] => {
    const fresh = new Map(listed.map((item) => [item.key, item.modRevision]));
    const keysOfBoth = new Set([...items.keys(), ...fresh.keys()]);
    return [...keysOfBoth].filter((key) => items.get(key)?.revision !== fresh.get(key));
  };
  return {
    value: (key) => items.get(key)?.value,
    revision: (key) => items.get(key)?.revision,
    size: () => items.size,
    seen: () => seen,
    take(event) {
      // Two watches overlap while one takes the other's place: what the late one says again would undo what is newer.
      if (event.revision < seen) return;
      seen = event.revision;
      if (event.revision <= listedAt) return;
      if (event.type === 'put') items.set(event.key, { value: event.value, revision: event.revision });
      else items.delete(event.key);
      touch(event.key);
    },
    differences,
    adopt(listed, revision) {
      const others = differences(listed);
      items = new Map(listed.map((item) => [item.key, { value: item.value, revision: item.modRevision }]));
      listedAt = revision;
      seen = revision;
      others.forEach(touch);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => void (isClosed = true),
  };
}
