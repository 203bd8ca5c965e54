import { randomBytes } from 'node:crypto';
import type { Bucket } from '../../bucket/bucket.ts';
import type { DocumentStore } from '../../bucket/document-store.ts';
import type { ByteString } from '../../wire/byte-string.ts';

/** A scan under way: the keys that are still to be told. */
export interface RangeScan {
  readonly bucket: Bucket;
  readonly store: DocumentStore;
  readonly collectionId: number;
  readonly vbucket: number;
  readonly keysOnly: boolean;
  readonly keys: readonly ByteString[];
  /** Keys that were told, or were gone. */
  done: number;
}

/** One connection's scans. They end with it, as on a real node: nobody could continue them anywhere else. */
export class RangeScans {
  readonly #byId = new Map<string, RangeScan>();
  readonly #most: number;

  /** @param most scans at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /** The new scan's id (16 bytes), or undefined when there are too many. */
  open(scan: RangeScan): Buffer | undefined {
    if (this.#byId.size >= this.#most) return undefined;
    const id = randomBytes(16);
    this.#byId.set(id.toString('hex'), scan);
    return id;
  }

  /** The scan of an id; undefined when it is over, was cancelled, or is another connection's. */
  find(id: Buffer): RangeScan | undefined {
    return this.#byId.get(id.toString('hex'));
  }

  /** False when there is no such scan. */
  close(id: Buffer): boolean {
    return this.#byId.delete(id.toString('hex'));
  }

  /** Ends all of them. */
  clear(): void {
    this.#byId.clear();
  }
}
