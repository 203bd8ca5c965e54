import { etcdFailure } from '../etcd-failure.ts';
import type { WatchHandlers } from '../store.ts';
import type { Keyspace } from './keyspace.ts';

interface MemoryWatch {
  readonly prefix: string;
  readonly handlers: WatchHandlers;
  next: number;
  closed: boolean;
}

/** Watches over a keyspace: each remembers the first revision it has not seen, and catches up in a later microtask. */
export function memoryWatches(keys: Keyspace) {
  const watches = new Set<MemoryWatch>();
  let away = false;

  const catchUp = (watch: MemoryWatch) => {
    if (watch.closed || away) return;
    if (watch.next < keys.oldest()) {
      watch.next = keys.revision() + 1;
      watch.handlers.onResync?.();
      return;
    }
    for (const event of keys.history(watch.next)) {
      watch.next = event.revision;
      if (event.key.startsWith(watch.prefix)) watch.handlers.onEvent({ ...event });
      if (watch.closed) return;
    }
    watch.next = keys.revision() + 1;
  };
  const catchUpSoon = (watch: MemoryWatch) => queueMicrotask(() => catchUp(watch));
  keys.onCommit(() => watches.forEach(catchUpSoon));

  return {
    add(prefix: string, handlers: WatchHandlers, fromRevision: number | undefined) {
      const watch: MemoryWatch = { prefix, handlers, next: fromRevision || keys.revision() + 1, closed: false };
      watches.add(watch);
      catchUpSoon(watch);
      return {
        close() {
          watch.closed = true;
          watches.delete(watch);
        },
      };
    },
    compact: () => keys.forgetHistory(),
    setAway(on: boolean) {
      away = on;
      for (const watch of watches) {
        if (on)
          watch.handlers.onDisconnect?.(etcdFailure('timeout.etcd', 'memory', 'watch', 'the store is switched off'));
        else catchUpSoon(watch);
      }
    },
  };
}
