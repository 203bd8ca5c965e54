import type { ByteString } from '../wire/byte-string.ts';
import type { Document } from './document.ts';
import { vbucketCount, vbucketOf } from './vbucket.ts';

/** Documents and tombstones by vBucket and key. A write looks at a document before it replaces it: what was looked up last is kept. */
export class DocumentsByVbucket {
  readonly #vbuckets = new Array<Map<ByteString, Document> | undefined>(vbucketCount).fill(undefined);
  #lookedAt: ByteString | undefined;
  #seen: Document | undefined;
  #seenVbucket = 0;

  /** The document or tombstone as it is. */
  get(key: ByteString): Document | undefined {
    this.#look(key);
    return this.#seen;
  }

  /** The key's vBucket. */
  vbucketOf(key: ByteString): number {
    this.#look(key);
    return this.#seenVbucket;
  }

  /** All of a vBucket; undefined where there never was one. */
  of(vbucket: number): ReadonlyMap<ByteString, Document> | undefined {
    return this.#vbuckets[vbucket];
  }

  /** Puts a document or tombstone in the place of what its key had, in the vBucket that it names itself. */
  put(document: Document): void {
    (this.#vbuckets[document.vbucket] ??= new Map<ByteString, Document>()).set(document.key, document);
    this.#lookAway();
  }

  /** Takes out what the key has, be it this document or a later one. */
  remove({ key, vbucket }: Document): void {
    this.#vbuckets[vbucket]?.delete(key);
    this.#lookAway();
  }

  /** Takes out all of every vBucket. */
  clear(): void {
    this.#vbuckets.fill(undefined);
    this.#lookAway();
  }

  #look(key: ByteString): void {
    if (key === this.#lookedAt) return;
    const vbucket = vbucketOf(key);
    this.#seen = this.#vbuckets[vbucket]?.get(key);
    this.#lookedAt = key;
    this.#seenVbucket = vbucket;
  }

  #lookAway(): void {
    this.#lookedAt = undefined;
    this.#seen = undefined;
  }
}
