import type { KeyValue, StoreEvent } from '../../etcd/store.ts';

/** Keys of a store as they were last seen, with the store's revision of each; tells listeners which of them change. */
export interface KeyCopy {
  value(key: string): string | undefined;
  revision(key: string): number | undefined;
  entries(): Iterable<readonly [key: string, value: string]>;
  /** Takes in what a watch says; what a listing has said already is left out. */
  take(event: StoreEvent): void;
  /** Keys in which the copy is another than a listing. */
  differences(items: readonly KeyValue[]): string[];
  /** Becomes what a listing says, which is of this revision of the store. */
  adopt(items: readonly KeyValue[], revision: number): void;
  /** Calls `listener` with the keys that changed, once per burst of changes. */
  onChange(listener: (keys: ReadonlySet<string>) => void): void;
  /** No listener hears anything any more. */
  close(): void;
}

/** @param onTouched called at once at each change, before the listeners hear of the burst */
export function keyCopy(onTouched: () => void): KeyCopy {
  let items = new Map<string, { value: string; revision: number }>();
  let listedAt = 0;
  let changed = new Set<string>();
  let isClosed = false;
  const listeners: ((keys: ReadonlySet<string>) => void)[] = [];

  const flush = (): void => {
    const burst = changed;
    changed = new Set();
    if (!isClosed) for (const listener of listeners) listener(burst);
  };
  const touch = (key: string): void => {
    onTouched();
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
    *entries() {
      for (const [key, { value }] of items) yield [key, value] as const;
    },
    take(event) {
      if (event.revision <= listedAt) return;
      if (event.type === 'put') items.set(event.key, { value: event.value, revision: event.revision });
      else items.delete(event.key);
      touch(event.key);
    },
    differences,
    adopt(listed, revision) {
      differences(listed).forEach(touch);
      items = new Map(listed.map((item) => [item.key, { value: item.value, revision: item.modRevision }]));
      listedAt = revision;
      onTouched();
    },
    onChange: (listener) => void listeners.push(listener),
    close: () => void (isClosed = true),
  };
}
