import type { Document } from './document.ts';
import { bucketLimits } from './limits.ts';

/** Who a tombstone belongs to. */
interface Ground {
  /** Drops the tombstone, unless the key was written again. */
  forget(tombstone: Document): void;
}

/** The tombstones of a bucket that nobody needs for long: the oldest goes when one too many comes. */
export class Tombstones {
  readonly #ring: { readonly ground: Ground; readonly tombstone: Document }[] = [];
  #next = 0;
  readonly #most: number;

  /** @param most how many are kept */
  constructor(most: number = bucketLimits.plainTombstones) {
    this.#most = most;
  }

  /** Notes a tombstone, and takes the oldest out of its collection when there is one too many. */
  add(ground: Ground, tombstone: Document): void {
    const oldest = this.#ring[this.#next];
    this.#ring[this.#next] = { ground, tombstone };
    this.#next = (this.#next + 1) % this.#most;
    oldest?.ground.forget(oldest.tombstone);
  }

  /** Forgets which there are; those who hold them drop them themselves. */
  clear(): void {
    this.#ring.length = 0;
    this.#next = 0;
  }
}
