import type { MemoryStore } from '#platform/etcd/memory/memory-store.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';

/** Another client of a store, whose watch may miss events, and whose listings may take their time. */
export interface GappedStore {
  readonly store: EtcdStore;
  /** Events that come from now on are lost, or are no longer. */
  setDeaf(isDeaf: boolean): void;
  /** The watch says that history was compacted, and goes on from the present. */
  resync(): void;
  /** Listings that are made from now on are not handed out. */
  holdListings(): void;
  /** So many are made, and not handed out. */
  heldListings(): number;
  /** Hands out the first of them. */
  handOutOne(): void;
  /** Hands out all of them, and holds none from now on. */
  handOutAll(): void;
}

export function gappedStore(of: MemoryStore): GappedStore {
  const own = of.connect();
  let resync = (): void => undefined;
  let [isDeaf, isHeld] = [false, false];
  const held: (() => void)[] = [];
  const store: EtcdStore = {
    ...own,
    async list(prefix) {
      const listing = await own.list(prefix);
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
      return listing;
    },
    watch(prefix, on, from) {
      resync = () => on.onResync?.();
      return own.watch(prefix, { ...on, onEvent: (event) => (isDeaf ? undefined : on.onEvent(event)) }, from);
    },
  };
  return {
    store,
    setDeaf: (is) => void (isDeaf = is),
    resync: () => resync(),
    holdListings: () => void (isHeld = true),
    heldListings: () => held.length,
    handOutOne: () => held.shift()?.(),
    handOutAll() {
      isHeld = false;
      for (const handOut of held.splice(0)) handOut();
    },
  };
}
