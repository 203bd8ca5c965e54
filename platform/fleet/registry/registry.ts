import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { EtcdStore } from '../../etcd/store.ts';
import type { Mirror } from './mirror.ts';
import { viewOf, type FleetView } from './view.ts';

/** All of fleet's keys at one moment. */
export interface Picture {
  readonly view: FleetView;
  /** The store's revision when the key's value was written. */
  revision(key: string): number | undefined;
  /** Raw value of one key; undefined when there is none. */
  value(key: string): string | undefined;
}

/** fleet's keys as the API reads and writes them. */
export interface Registry {
  readonly store: EtcdStore;
  readonly keys: FleetKeys;
  /** The daemon's copy; undefined until etcd has answered once. */
  mirror(): Mirror | undefined;
  /** As it is now, linearisably: the copy, once it is known to be as new. @throws LabError `timeout.etcd…` */
  now(): Promise<Picture>;
  /** The copy as it is, which may be a moment old; where there is none, as it is now. @throws LabError `timeout.etcd…` */
  lately(): Promise<Picture>;
}

/**
 * fleet's keys in etcd, read and written as units and machines.
 * @param mirror a copy of them that is kept up to date, where there is one by now: then reads ask it instead of etcd
 */
export function registryOf(store: EtcdStore, keys: FleetKeys, mirror: () => Mirror | undefined): Registry {
  const ofCopy = (copy: Mirror): Picture => ({
    view: copy.view(),
    revision: (key) => copy.revision(key),
    value: (key) => copy.value(key),
  });
  const listed = async (): Promise<Picture> => {
    const { items } = await store.list(keys.prefix);
    const found = new Map(items.map((item) => [item.key, item]));
    const view = viewOf(
      keys,
      items.map(({ key, value }) => [key, value] as const),
    );
    return { view, revision: (key) => found.get(key)?.modRevision, value: (key) => found.get(key)?.value };
  };
  const now = async (): Promise<Picture> => {
    const copy = mirror();
    return copy !== undefined && (await copy.upToDate()) ? ofCopy(copy) : listed();
  };
  const lately = async (): Promise<Picture> => {
    const copy = mirror();
    return copy === undefined ? now() : ofCopy(copy);
  };
  return { store, keys, mirror, now, lately };
}
