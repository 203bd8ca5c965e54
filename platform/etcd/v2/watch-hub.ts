import type { WatchStream } from '../connection.ts';
import { leaseClock, type LeaseClock } from './lease-clock.ts';
import { concerns, type Change } from './changes.ts';
import type { Member } from './member.ts';
import { readWatchMessage, type RawWatch } from './raw-events.ts';
import { recentChanges } from './recent-changes.ts';
import { explain, followLeases } from './explain.ts';

/** One who waits for changes. */
export interface Waiter {
  readonly path: string;
  readonly recursive: boolean;
  /** The first revision it has not been told of; the hub moves it on. */
  from: number;
  onChange(change: Change): void;
  /** The history that it wants is gone: everything before this revision. It is told nothing more. */
  onCleared(compactRevision: number): void;
}

export interface WatchHub {
  /** From now on the waiter is told; at once, of what is known already. While etcd is away it waits on. */
  join(waiter: Waiter): void;
  leave(waiter: Waiter): void;
  readonly waiting: number;
  close(): void;
}

/**
 * One watch of v3 for all who wait, open only while somebody does. It begins where the first of them wants to; when another
 * wants older history than is kept, it begins anew there, and each is told only what it has not been told.
 */
export function watchHub(member: Member): WatchHub {
  const waiters = new Set<Waiter>();
  let clock: LeaseClock | undefined;
  const recent = recentChanges();
  let next = 0;
  let stream: WatchStream | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  /** Counts the streams: an earlier one that ends late ends nothing. */
  let run = 0;
  /** Counts the beginnings: what was heard before one is heard again after it, or by nobody. */
  let era = 0;
  let turn: Promise<void> = Promise.resolve();

  const open = () => {
    clearTimeout(timer);
    const mine = ++run;
    timer = setTimeout(() => retry(mine), member.timeoutMs);
    stream = member.watch(next, {
      onMessage: (message) => {
        if (mine === run) receive(readWatchMessage(message), mine);
      },
      onEnd: () => retry(mine),
    });
  };
  const begin = (from: number) => {
    rest();
    clock = leaseClock(member.leases, () => performance.now());
    next = from;
    recent.beginAt(from);
    open();
  };
  const retry = (of: number) => {
    if (of !== run || waiters.size === 0) return;
    run++;
    stream?.cancel();
    clearTimeout(timer);
    timer = setTimeout(open, Math.min(1000, 50 * 2 ** failures++));
  };
  const rest = () => {
    run++;
    era++;
    stream?.cancel();
    clearTimeout(timer);
    clock?.close();
    recent.beginAt(0);
  };

  const receive = (message: RawWatch, mine: number) => {
    if (message.compactRevision > 0) return clear(message.compactRevision);
    if (message.canceled) return retry(mine);
    if (message.created) {
      clearTimeout(timer);
      failures = 0;
    }
    for (const group of message.revisions) {
      const [first] = group;
      if (first) next = first.kv.modRevision + 1;
      const [heardIn, seenAt] = [era, performance.now()];
      turn = turn.then(async () => {
        if (heardIn !== era || !clock) return;
        const changes = await explain(member, clock, group, seenAt);
        if (heardIn === era && changes.length > 0) publish(changes);
      });
    }
  };
  const publish = (changes: Change[]) => {
    recent.add(changes);
    for (const waiter of [...waiters]) tell(waiter, changes);
  };
  const tell = (waiter: Waiter, changes: readonly Change[]) => {
    const revision = changes[0]?.revision ?? 0;
    if (revision < waiter.from) return;
    waiter.from = revision + 1;
    for (const change of changes) if (waiters.has(waiter) && concerns(waiter, change)) waiter.onChange(change);
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
    if (waiters.delete(waiter) && waiters.size === 0) rest();
  };

  return {
    get waiting() {
      return waiters.size;
    },
    join(waiter) {
      const isOpen = waiters.size > 0;
      waiters.add(waiter);
      if (!isOpen || waiter.from < recent.start) begin(waiter.from);
      else for (const changes of recent.all) tell(waiter, changes);
      if (clock) void followLeases(member, waiter, clock);
    },
    leave,
    close() {
      waiters.clear();
      rest();
    },
  };
}
