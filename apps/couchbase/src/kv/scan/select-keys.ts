import type { DocumentStore } from '../../bucket/document-store.ts';
import type { ByteString } from '../../wire/byte-string.ts';
import type { KeyRange, Sampling } from './scan-request.ts';

/** The keys of one vBucket that a scan is about, in their order. */
export function selectKeys(store: DocumentStore, vbucket: number, what: KeyRange | Sampling): ByteString[] {
  const keys = store.keysOf(vbucket);
  return what.kind === 'range'
    ? keys.filter((key) => isWithin(key, what)).sort(byBytes)
    : sample(keys.sort(byBytes), what);
}

function isWithin(key: ByteString, { from, fromExcluded, to, toExcluded }: KeyRange): boolean {
  return (fromExcluded ? key > from : key >= from) && (toExcluded ? key < to : key <= to);
}

function byBytes(one: ByteString, other: ByteString): number {
  return one < other ? -1 : Number(one > other);
}

/** All keys where there are no more than asked for, else each by a chance that gives about so many. */
function sample(keys: ByteString[], { samples, seed }: Sampling): ByteString[] {
  if (keys.length <= samples) return keys;
  const random = randomNumbers(seed);
  return keys.filter(() => random() < samples / keys.length);
}

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = ((seed % 2 ** 32) ^ Math.floor(seed / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
