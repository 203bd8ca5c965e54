import type { ByteString } from '../wire/byte-string.ts';

/** Which keys of a bucket are asked for, by their bytes. */
export interface KeyRange {
  /** First key, if it is there; undefined from the beginning. */
  readonly start: ByteString | undefined;
  /** Last key; undefined up to the end. */
  readonly end: ByteString | undefined;
  readonly inclusiveEnd: boolean;
}

/** From `start` on, up to `end`, which belongs to the range only when it is inclusive; a bound that is absent bounds nothing. Pure. */
export function isWithin({ start, end, inclusiveEnd }: KeyRange, key: ByteString): boolean {
  if (start !== undefined && key < start) return false;
  return end === undefined || key < end || (inclusiveEnd && key === end);
}

/**
 * Keeps the lowest few of many keys, in memory for twice as many. Most keys of a large bucket cost it one comparison.
 */
export class LowestKeys {
  readonly #most: number;
  #kept: ByteString[] = [];
  #bound: ByteString | undefined;

  /** @param most how many are wanted, 1 or more */
  constructor(most: number) {
    this.#most = most;
  }

  /** False for a key that surely is not among them: it need not be looked at more closely. */
  mayHold(key: ByteString): boolean {
    return this.#bound === undefined || key < this.#bound;
  }

  /** Offers a key that was not offered before; at most `most` stay. */
  add(key: ByteString): void {
    if (this.#kept.push(key) >= 2 * this.#most) this.#cut();
  }

  /** The lowest ones, in order. */
  take(): readonly ByteString[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept.sort();
    this.#kept.length = Math.min(this.#kept.length, this.#most);
    if (this.#kept.length === this.#most) this.#bound = this.#kept.at(-1);
  }
}
