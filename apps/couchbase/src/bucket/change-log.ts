import type { ByteString } from '../wire/byte-string.ts';

/** Which keys changed after some point, or `'lost'` when the log no longer reaches back that far. */
export type Changes = { readonly keys: ReadonlySet<ByteString>; readonly upTo: number } | 'lost';

/**
 * Order of a collection's mutations, one number each: lets a view index re-map only what changed. It only counts until somebody follows.
 * Repeats of a key are squeezed out now and then, and deleted keys forgotten, so it stays in proportion to the live keys.
 */
export class ChangeLog {
  #entries: { readonly seqno: number; readonly key: ByteString }[] = [];
  #latest = new Map<ByteString, number>();
  #seqno = 0;
  #forgotten = 0;
  #squeezedTo = 0;
  #followed = false;

  /** Entries that are kept; their number is bounded by that of the documents. */
  get size(): number {
    return this.#entries.length;
  }

  /** Number of the last mutation; they are counted also while nobody follows. */
  get head(): number {
    return this.#seqno;
  }

  /** Keeps changes from here on. @returns the point up to which the follower has to look at the documents themselves */
  follow(): number {
    if (!this.#followed) this.#forgotten = this.#seqno;
    this.#followed = true;
    return this.#seqno;
  }

  /** Nobody follows any more: whoever comes next starts over. */
  unfollow(): void {
    this.#followed = false;
    this.#forget();
  }

  /** Notes a mutation or deletion of `key`. @param isLive tells whether a key still has a document */
  record(key: ByteString, isLive: (key: ByteString) => boolean): void {
    this.#seqno += 1;
    if (!this.#followed) return;
    this.#entries.push({ seqno: this.#seqno, key });
    this.#latest.set(key, this.#seqno);
    if (this.#entries.length > 2 * this.#squeezedTo + 1024) this.#squeeze(isLive);
  }

  /** Keys changed after `seqno`, each once, oldest change first. @param most stops after so many; `upTo` says where */
  since(seqno: number, most = Infinity): Changes {
    if (!this.#followed || seqno < this.#forgotten) return 'lost';
    const keys = new Set<ByteString>();
    for (let index = this.#firstAfter(seqno); index < this.#entries.length; index++) {
      const entry = this.#entries[index];
      // A key that changed again later is told then.
      if (entry === undefined || this.#latest.get(entry.key) !== entry.seqno) continue;
      keys.add(entry.key);
      if (keys.size >= most && index < this.#entries.length - 1) return { keys, upTo: entry.seqno };
    }
    return { keys, upTo: this.#seqno };
  }

  /** Forgets everything: whoever follows this log has to start over (bucket flush). */
  reset(): void {
    this.#seqno += 1;
    this.#forget();
  }

  #forget(): void {
    this.#entries = [];
    this.#latest.clear();
    this.#squeezedTo = 0;
    this.#forgotten = this.#seqno;
  }

  #firstAfter(seqno: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.seqno ?? Infinity) > seqno) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #squeeze(isLive: (key: ByteString) => boolean): void {
    this.#entries = this.#entries.filter(({ seqno, key }) => {
      if (this.#latest.get(key) !== seqno) return false;
      if (isLive(key)) return true;
      this.#latest.delete(key);
      this.#forgotten = seqno;
      return false;
    });
    this.#squeezedTo = this.#entries.length;
  }
}
