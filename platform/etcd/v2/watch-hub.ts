import { changeStream, type ChangeStream } from './change-stream.ts';
import { concerns, type Change, type Watched } from './changes.ts';
import type { Member } from './member.ts';
import type { KeyRange } from './member-wire.ts';
import { insideOf } from './place.ts';
import { recentChanges } from './recent-changes.ts';

/** One who waits for changes. */
export interface Waiter extends Watched {
  /** The first revision it has not been told of; the hub moves it on. */
  from: number;
  /** One change that concerns it, in order, each once. */
  onChange(change: Change): void;
  /** The history that it wants is gone: everything before this revision. It is told nothing more. */
  onCleared(compactRevision: number): void;
}

export interface WatchHub {
  /**
   * From now on the waiter is told; at once, of what is known already. While etcd is away it waits on.
   * @param revision of the store
   */
  join(waiter: Waiter, revision: number): void;
  /** It is told nothing more; with the last one the watch of v3 ends. */
  leave(waiter: Waiter): void;
  readonly waiting: number;
  close(): void;
}

/** Who is further behind hears etcd by itself: what all wait for would be told anew, from there on, for each of them. */
const mostRepeated = 1000;

/**
 * One watch of v3 for all who wait, open only while somebody does. It begins where the first of them wants to; when another
 * wants a little older history than is kept, it begins anew there, and each is told only what it has not been told.
 */
export function watchHub(member: Member): WatchHub {
  const waiters = new Set<Waiter>();
  const alone = new Map<Waiter, ChangeStream>();
  const recent = recentChanges();
  let shared: ChangeStream | undefined;

  const rest = () => {
    shared?.close();
    shared = undefined;
    recent.beginAt(0);
  };
  const begin = (from: number) => {
    shared?.close();
    recent.beginAt(from);
    shared = changeStream(member, undefined, from, {
      isWanted: (change) => [...waiters].some((waiter) => concerns(waiter, change)),
      onChanges(changes) {
        recent.add(changes);
        for (const waiter of [...waiters]) tell(waiter, changes, () => waiters.has(waiter));
      },
      onCleared: clear,
    });
  };
  const clear = (compactRevision: number) => {
    for (const waiter of [...waiters]) {
      if (waiter.from >= compactRevision) continue;
      waiters.delete(waiter);
      waiter.onCleared(compactRevision);
    }
    if (waiters.size === 0) rest();
    else begin(compactRevision);
  };
  const leave = (waiter: Waiter) => {
    alone.get(waiter)?.close();
    alone.delete(waiter);
    if (waiters.delete(waiter) && waiters.size === 0) rest();
  };
  const hearAlone = (waiter: Waiter) => {
    const stream = changeStream(member, rangeOf(waiter), waiter.from, {
      isWanted: (change) => concerns(waiter, change),
      onChanges: (changes) => tell(waiter, changes, () => alone.has(waiter)),
      onCleared(compactRevision) {
        alone.delete(waiter);
        waiter.onCleared(compactRevision);
      },
    });
    alone.set(waiter, stream);
    void stream.follow(waiter);
  };

  return {
    get waiting() {
      return waiters.size + alone.size;
    },
    join(waiter, revision) {
      const isKept = shared !== undefined && waiter.from >= recent.start;
      if (!isKept && waiter.from + mostRepeated < revision) return hearAlone(waiter);
      waiters.add(waiter);
      if (!isKept) begin(waiter.from);
      else for (const changes of recent.all) tell(waiter, changes, () => waiters.has(waiter));
      void shared?.follow(waiter);
    },
    leave,
    close() {
      for (const stream of alone.values()) stream.close();
      alone.clear();
      waiters.clear();
      rest();
    },
  };
}

function tell(waiter: Waiter, changes: readonly Change[], isWaiting: () => boolean): void {
  const revision = changes[0]?.revision ?? 0;
  if (revision < waiter.from) return;
  waiter.from = revision + 1;
  for (const change of changes) if (isWaiting() && concerns(waiter, change)) waiter.onChange(change);
}

/** Every key whose change may concern it; siblings whose names sort between are passed over later. */
function rangeOf({ path }: Watched): KeyRange {
  // Also when only the directory is watched: one without a mark goes by what is in it.
  return { key: path, toEndOf: insideOf(path) };
}
