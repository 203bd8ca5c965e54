import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import { listAnew } from '../../etcd/list-anew.ts';
import type { EtcdStore, Listing, StoreEvent } from '../../etcd/store.ts';
import { formatLine } from '../parts/log.ts';
import { freshness } from './freshness.ts';
import { keyCopy, type KeyCopy } from './key-copy.ts';
import type { StateRecord, UnitRecord } from './records.ts';
import { liveView, type FleetView } from './view.ts';

/** A copy of fleet's keys that follows etcd: read once, then fed by a watch. */
export interface Mirror {
  /** All of fleet's keys as records. Lists of which nothing has changed are the same arrays as before. */
  view(): FleetView;
  /** As in `view`, by its name. */
  unit(name: string): UnitRecord | undefined;
  /** As in `view`, of one unit. */
  statesOf(unit: string): readonly StateRecord[];
  /** Raw value of one key, as last seen. */
  value(key: string): string | undefined;
  /** The store's revision when that value was written; also a value that is written again has a new one. */
  revision(key: string): number | undefined;
  /**
   * Resolves when the copy is as new as the store was when this was called; false when that did not come about in time: the watch is silent.
   * @throws LabError `timeout.etcd…`
   */
  upToDate(): Promise<boolean>;
  /** Calls `listener` with the keys that changed, once per burst of events, until the function that it returns is called. */
  onChange(listener: (keys: ReadonlySet<string>) => void): () => void;
  /** Ends the watch; what the copy holds stays, and grows old. */
  close(): Promise<void>;
}

/**
 * Lists fleet's prefix and follows it. What the copy says may be a moment old: whoever writes on its word guards the write
 * in the same transaction. Every `relistMs` it is compared with the store: a member that stands still keeps a watch open
 * and says nothing on it. A value that is none of fleet's is left out of `view`, and said once.
 * @throws LabError `timeout.etcd…` when the first listing or watch does not succeed
 */
export async function openMirror(
  store: EtcdStore,
  keys: FleetKeys,
  log: (line: string) => void,
  relistMs = 10_000,
): Promise<Mirror> {
  /** Events that came by the watch, and how many had when it was first found to lack some. */
  let heard = 0;
  let suspectedAt: number | undefined;
  let recheck: NodeJS.Timeout | undefined;
  let closed = false;
  const live = liveView(keys, (key, problem) => log(formatLine('mirror', { event: 'bad-value', key, cause: problem })));
  const copy = keyCopy((key, value) => live.take(key, value));
  const lists = listings(store, keys.prefix, copy);
  const fresh = freshness(store, keys.prefix, { ...copy, isWhole: () => lists.areWhole() });

  const list = async (): Promise<number> => (await lists.next()).adopt();
  const relist = (): void => {
    list().catch((error: unknown) => {
      log(formatLine('mirror', { event: 'relist-failed', cause: String(error) }));
      if (!closed) setTimeout(relist, 500);
    });
  };
  const onResync = (): void => {
    lists.lack();
    relist();
  };
  const follow = (from: number) => {
    const onEvent = (event: StoreEvent): void => {
      heard += 1;
      copy.take(event);
    };
    const onDisconnect = (e: Error) => log(formatLine('mirror', { event: 'disconnected', cause: e.message }));
    return store.watch(keys.prefix, { onEvent, onResync, onDisconnect }, from);
  };
  const compare = async (): Promise<void> => {
    const before = heard;
    if (closed) return;
    const listing = await lists.next();
    const missed = copy.differences(listing.items).length;
    if (closed || heard !== before || missed === 0) return void (suspectedAt = undefined);
    if (suspectedAt !== heard) {
      // Its events may be on their way still.
      suspectedAt = heard;
      recheck = setTimeout(compareQuietly, relistMs / 10);
      return;
    }
    log(formatLine('mirror', { event: 'watch-silent', missed }));
    suspectedAt = undefined;
    const silent = watch;
    watch = await follow(listing.adopt() + 1);
    await silent.close();
  };
  // etcd away: the watch says so itself.
  const compareQuietly = () => void compare().catch(() => undefined);

  let watch = await follow((await list()) + 1);
  const comparison = setInterval(compareQuietly, relistMs);
  return {
    view: () => live.view(),
    unit: (name) => live.unit(name),
    statesOf: (unit) => live.statesOf(unit),
    value: (key) => copy.value(key),
    revision: (key) => copy.revision(key),
    upToDate: () => fresh.upToDate(),
    onChange: (listener) => copy.onChange(listener),
    async close() {
      closed = true;
      copy.close();
      clearInterval(comparison);
      clearTimeout(recheck);
      await watch.close();
    },
  };
}

/** Listings of a prefix for a copy of it, and whether they have filled what the copy's watch has left out. */
function listings(store: EtcdStore, prefix: string, copy: KeyCopy) {
  /** How often the watch has gone on behind a gap, and up to which of these gaps a listing was asked for, and taken in, since. */
  let gaps = 0;
  let filled = 0;
  return {
    lack: () => void (gaps += 1),
    areWhole: () => filled === gaps,
    /** `adopt` has the copy become that. @returns its revision */
    async next(): Promise<{ readonly items: Listing['items']; adopt(): number }> {
      const before = gaps;
      const { items, revision } = await listAnew(store, prefix, () => copy.seen());
      const adopt = (): number => {
        copy.adopt(items, revision);
        filled = Math.max(filled, before);
        return revision;
      };
      return { items, adopt };
    },
  };
}
