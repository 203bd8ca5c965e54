import type { Read } from './batched-reads.ts';
import type { RangeRead } from './member-wire.ts';
import type { StoreCopy } from './store-copy.ts';

/** The copy of the store that reads are answered from while there are many. */
export interface KeptCopy {
  /** Undefined: there is none, or it is not known to be as new as the store. */
  readonly current: StoreCopy | undefined;
  /** Somebody reads. */
  count(): void;
  /** It was behind: others ask etcd until it is known to have caught up. */
  isBehind(): void;
  /** etcd was there a moment ago. */
  compare(revision: number): void;
  close(): void;
}

export interface CopyLimits {
  /** Reads in a second from which on there is a copy. */
  readonly reads: number;
  /** Bytes that it may take of memory, about. */
  readonly bytes: number;
}

const secondMs = 1000;
/** How long it is kept when nobody reads, ms. */
const keptMs = 5000;
/** Changes that it is told for each read, from which on it costs more than it saves. */
const mostChanges = 3;
/** How long it is done without after it was given up: so many times as long as it took to make, and at least so many ms. */
const pause = { times: 50, leastMs: 1000 };

/**
 * @param open rejects, or resolves with nothing, when there can be none
 * @param fromReads in a second
 * @param now ms, monotonic
 */
export function keptCopy(
  open: (onGone: () => void) => Promise<StoreCopy | undefined>,
  fromReads: number,
  now: () => number,
): KeptCopy {
  let copy: StoreCopy | undefined;
  let isCurrent = false;
  let isOpening = false;
  let isClosed = false;
  let madeInMs = 0;
  let pausedUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let window = { from: 0, reads: 0 };
  let readAt = 0;
  let reads = 0;

  const drop = () => {
    clearInterval(timer);
    copy?.close();
    copy = undefined;
    isCurrent = false;
  };
  const giveUp = () => {
    drop();
    pausedUntil = now() + Math.max(pause.leastMs, pause.times * madeInMs);
  };
  const judge = (opened: StoreCopy) => {
    const isWorth = worth(opened, reads);
    return () => {
      if (!isWorth(reads, isCurrent)) giveUp();
      else if (now() - readAt > keptMs) drop();
    };
  };
  const begin = async () => {
    isOpening = true;
    const began = now();
    try {
      let isGone = false;
      const opened = await open(() => {
        isGone = true;
        giveUp();
      });
      madeInMs = now() - began;
      if (opened === undefined || isGone) return giveUp();
      if (isClosed) return opened.close();
      copy = opened;
      timer = setInterval(judge(opened), secondMs);
      timer.unref();
    } catch {
      // Nobody answers: whoever reads is told so.
      giveUp();
    } finally {
      isOpening = false;
    }
  };
  return {
    get current() {
      return isCurrent ? copy : undefined;
    },
    count() {
      readAt = now();
      reads++;
      if (copy !== undefined || isOpening) return;
      if (readAt - window.from > secondMs) window = { from: readAt, reads: 0 };
      if (++window.reads >= fromReads && readAt >= pausedUntil) void begin();
    },
    isBehind: () => void (isCurrent = false),
    compare(revision) {
      if (copy !== undefined && copy.revision >= revision) isCurrent = true;
    },
    close() {
      isClosed = true;
      drop();
    },
  };
}

/** Called every second: whether a copy still saves more than it costs. */
function worth(copy: StoreCopy, readsBefore: number): (reads: number, isCurrent: boolean) => boolean {
  let seen = { changes: copy.changes, reads: readsBefore, isCurrent: true };
  return (reads, isCurrent) => {
    const before = seen;
    seen = { changes: copy.changes, reads, isCurrent };
    const read = reads - before.reads;
    // Twice in a row behind: its watch hears nothing, or too late.
    const isUseless = read > 0 && !isCurrent && !before.isCurrent;
    return !isUseless && seen.changes - before.changes <= mostChanges * read;
  };
}

/** How long a read waits for what it must have seen to come to the copy, ms: it is on its way from the same member. */
const lateMs = 20;

/**
 * Reads of single keys, answered from the copy once that is as new as the store was when they came; any other one, and all while there is no
 * copy, go on as they are.
 * @param question a read of nothing: at which revision the store is by now
 */
export function copiedReads(kept: KeptCopy, question: Read, otherwise: Read): Read {
  const fromEtcd: Read = async (ranges) => {
    const picture = await otherwise(ranges);
    kept.compare(picture.revision);
    return picture;
  };
  return async (ranges) => {
    if (!ranges.every(isOneKey)) return otherwise(ranges);
    kept.count();
    if (kept.current === undefined) return fromEtcd(ranges);
    const { revision } = await question([]);
    const copy = kept.current;
    if (copy === undefined) return fromEtcd(ranges);
    if (copy.revision < revision && !(await copy.reaches(revision, lateMs))) {
      kept.isBehind();
      return fromEtcd(ranges);
    }
    const answers = ranges.map(({ key }) => {
      const kv = copy.get(key);
      return kv === undefined ? [] : [kv];
    });
    return { answers, revision: copy.revision };
  };
}

/** Of keys that are no UTF-8 the copy does not know which is which. */
function isOneKey({ key, limit, prefix }: RangeRead): boolean {
  return limit === 1 && prefix !== true && !key.includes('\ufffd');
}
