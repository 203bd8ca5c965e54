import type { EtcdStore } from '../../etcd/store.ts';
import type { KeyCopy } from './key-copy.ts';

/** Is a copy of keys as new as the store? Asked for the price of their names, not of their values. */
export interface Freshness {
  /** Resolves when the copy is as new as the store was at this call; false when that takes too long. Calls at the same time share one question. */
  upToDate(): Promise<boolean>;
}

/** Events are a round trip behind their write; a member that is busy needs longer. */
const waitMs = 1000;
const againMs = 20;
/** For so long calls are gathered while a question is on its way. */
const shareMs = 250;

/** What is asked of a copy. */
export interface AskedCopy extends Pick<KeyCopy, 'seen' | 'size' | 'onChange'> {
  /** False while it lacks what came between two watches, though it may have what came since. */
  isWhole(): boolean;
}

/**
 * The copy holds what the store held at some revision. When nothing was put since then, and there are as many keys, nothing was deleted
 * either: it is the same. Otherwise the events are on their way, and tell the revision up to which all have come.
 * @throws LabError `timeout.etcd…` from both questions
 */
export function freshness(store: Pick<EtcdStore, 'changesSince'>, prefix: string, copy: AskedCopy): Freshness {
  let asked: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;

  /** True, or the store's revision that the copy has not reached; Infinity: it cannot. */
  const ask = async (): Promise<true | number> => {
    if (!copy.isWhole()) return Infinity;
    const [seen, size] = [copy.seen(), copy.size()];
    const { keys, count, revision } = await store.changesSince(prefix, seen);
    // A store that knows less than was seen before it was asked is another one: its data was lost, or put back.
    if (revision < seen) return Infinity;
    if (!copy.isWhole()) return Infinity;
    if (copy.seen() >= revision) return true;
    return copy.seen() === seen && keys.length === 0 && count === size ? true : revision;
  };
  const untilSame = async (): Promise<boolean> => {
    const endAt = performance.now() + waitMs;
    for (;;) {
      const missing = await ask();
      if (missing === true) return true;
      if (performance.now() > endAt) return false;
      await nextChange();
      if (copy.isWhole() && copy.seen() >= missing) return true;
    }
  };
  const nextChange = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, againMs);
      const off = copy.onChange(done);
      function done(): void {
        clearTimeout(timer);
        off();
        resolve();
      }
    });
  const start = (): Promise<boolean> => {
    const mine = untilSame().finally(() => {
      if (asked === mine) asked = undefined;
    });
    asked = mine;
    return mine;
  };
  return {
    upToDate() {
      if (asked === undefined) return start();
      // What was asked before this call may know less than it: one more question, for all who come meanwhile. Without a quorum the
      // one before has no answer for seconds, and is not waited for.
      next ??= Promise.race([asked.catch(() => false), new Promise((resolve) => setTimeout(resolve, shareMs))]).then(
        () => {
          next = undefined;
          return start();
        },
      );
      return next;
    },
  };
}
