import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Document } from '../bucket/document.ts';
import type { ByteString } from '../wire/byte-string.ts';
import { isWithin, LowestKeys, type KeyRange } from './key-range.ts';

/** What of a bucket's store a list needs. */
export interface Listed {
  /** They come to an end though others are added meanwhile. */
  keys(): Iterable<ByteString>;
  get(key: ByteString): Document | undefined;
}

/** The keys found, in order, and whether the whole bucket was looked at. */
export interface Found {
  readonly keys: readonly ByteString[];
  readonly isComplete: boolean;
}

/** Time of one turn, after which others are served, ms; keys between two looks at the clock. */
const turnMs = 10;
const keysPerLook = 16;

/**
 * The lowest keys within a range, those of documents that `matches` likes. The store has no order, so all keys are looked at, a few
 * milliseconds at a time; documents that are made meanwhile may be missing, and removed ones be listed.
 * @param args.nowMs a clock that goes forward, milliseconds
 * @param args.mostMs gives up after that long, with what was found by then
 */
export async function listKeys(
  store: Listed,
  args: {
    range: KeyRange;
    most: number;
    matches?: (document: Document) => boolean;
    nowMs: () => number;
    mostMs: number;
  },
): Promise<Found> {
  const { range, most, matches, nowMs, mostMs } = args;
  const lowest = new LowestKeys(most);
  const giveUpMs = nowMs() + mostMs;
  let turnEndsMs = nowMs() + turnMs;
  let sinceLook = 0;
  for (const key of store.keys()) {
    if (isWithin(range, key) && lowest.mayHold(key) && isWanted(key)) lowest.add(key);
    if (++sinceLook < keysPerLook) continue;
    sinceLook = 0;
    if (nowMs() < turnEndsMs) continue;
    if (nowMs() >= giveUpMs) return { keys: lowest.take(), isComplete: false };
    await nextTurn();
    turnEndsMs = nowMs() + turnMs;
  }
  return { keys: lowest.take(), isComplete: true };

  function isWanted(key: ByteString): boolean {
    const document = store.get(key);
    return document !== undefined && (matches?.(document) ?? true);
  }
}
