import { randomBytes } from 'node:crypto';
import { CasClock } from './cas-clock.ts';
import { ChangeLog } from './change-log.ts';
import { absoluteExpiry, documentBytes, type Document } from './document.ts';
import { vbucketCount, vbucketOf } from './vbucket.ts';

/** Where and when a mutation happened: what SDKs call a mutation token, plus the new CAS. */
export interface Mutation {
  readonly cas: bigint;
  readonly seqno: number;
  readonly vbucket: number;
}

/** What a write wants stored. `expiry` is absolute Unix seconds. */
export type Draft = Pick<Document, 'key' | 'value' | 'flags' | 'expiry'>;

/**
 * A bucket's documents in memory, with expiry, CAS, per-vBucket sequence numbers, a change log and a byte count.
 * Keys are raw bytes; internally they are latin1 strings, which maps bytes one to one.
 */
export class DocumentStore {
  readonly changes = new ChangeLog();
  /** Random base of the vBucket UUIDs: another one after a restart tells clients that history was lost. */
  readonly vbucketUuid: bigint = randomBytes(8).readBigUInt64BE() >> 11n;
  readonly #documents = new Map<string, Document>();
  readonly #expiring = new Map<string, number>();
  readonly #seqnos = new Array<number>(vbucketCount).fill(0);
  readonly #cas: CasClock;
  readonly #nowMs: () => number;
  #used = 0;
  /** Byte limit; writes that would pass it are refused. */
  quotaBytes: number;
  /** Longest time that a write may give a document, seconds; 0 is for ever. */
  maxTtlS = 0;

  constructor(nowMs: () => number, quotaBytes: number) {
    this.#nowMs = nowMs;
    this.#cas = new CasClock(nowMs);
    this.quotaBytes = quotaBytes;
  }

  get usedBytes(): number {
    return this.#used;
  }

  get count(): number {
    return this.#documents.size;
  }

  /** The document, unless there is none or its time is over. */
  get(key: Buffer): Document | undefined {
    return this.lookup(storeKey(key));
  }

  /** The same by internal key, as given by `keys` and the change log. */
  lookup(id: string): Document | undefined {
    const document = this.#documents.get(id);
    if (document === undefined || !this.#isOver(document.expiry)) return document;
    this.#drop(id, document);
    return undefined;
  }

  keys(): IterableIterator<string> {
    return this.#documents.keys();
  }

  /** Expiry as a write has it on the wire, as absolute Unix seconds; no later than the bucket's longest time to live. */
  expiryFromNow(expiry: number): number {
    const absolute = absoluteExpiry(expiry, this.#nowMs());
    if (this.maxTtlS === 0) return absolute;
    const latest = Math.floor(this.#nowMs() / 1000) + this.maxTtlS;
    return absolute === 0 ? latest : Math.min(absolute, latest);
  }

  /** Stores a document under a new CAS. `'full'` when the quota does not allow it; nothing is changed then. */
  put(draft: Draft): Document | 'full' {
    const id = storeKey(draft.key);
    const before = this.#documents.get(id);
    const growth = documentBytes(draft) - (before === undefined ? 0 : documentBytes(before));
    if (growth > 0 && this.#used + growth > this.quotaBytes) return 'full';
    // Key and value are views of a network segment; a copy lets the segment go.
    const document: Document = {
      key: before?.key ?? Buffer.from(draft.key),
      value: before?.value === draft.value ? before.value : Buffer.from(draft.value),
      flags: draft.flags,
      expiry: draft.expiry,
      ...this.#mutation(draft.key),
    };
    this.#documents.set(id, document);
    this.#used += growth;
    if (document.expiry === 0) this.#expiring.delete(id);
    else this.#expiring.set(id, document.expiry);
    this.changes.record(id, this.#isLive);
    return document;
  }

  /** Removes a document that is there. */
  remove(document: Document): Mutation {
    this.#drop(storeKey(document.key), document);
    return this.#mutation(document.key);
  }

  /** Drops every document whose time is over, as the real server's expiry pager does. */
  expireDue(): void {
    for (const [id, expiry] of this.#expiring) if (this.#isOver(expiry)) this.lookup(id);
  }

  flush(): void {
    this.#documents.clear();
    this.#expiring.clear();
    this.#used = 0;
    this.changes.reset();
  }

  #isOver(expiry: number): boolean {
    return expiry !== 0 && expiry * 1000 <= this.#nowMs();
  }

  #drop(id: string, document: Document): void {
    this.#documents.delete(id);
    this.#expiring.delete(id);
    this.#used -= documentBytes(document);
    this.changes.record(id, this.#isLive);
  }

  #mutation(key: Buffer): Mutation {
    const vbucket = vbucketOf(key);
    const seqno = (this.#seqnos[vbucket] ?? 0) + 1;
    this.#seqnos[vbucket] = seqno;
    return { cas: this.#cas.next(), seqno, vbucket };
  }

  readonly #isLive = (id: string): boolean => this.#documents.has(id);
}

function storeKey(key: Buffer): string {
  return key.toString('latin1');
}
