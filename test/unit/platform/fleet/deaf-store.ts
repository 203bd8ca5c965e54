import type { MemoryStore } from '#platform/etcd/memory/memory-store.ts';

/** Another client of a store, whose watches stay open and say nothing: as of an etcd member that stands still, which otherwise answers. */
export function deafStore(store: MemoryStore): MemoryStore {
  const own = store.connect();
  return { ...own, watch: (prefix, on, from) => own.watch(prefix, { ...on, onEvent: () => undefined }, from) };
}
