import type { ByteString } from '../wire/byte-string.ts';
import type { Cas } from '../wire/cas.ts';
import { systemXattrs } from '../subdocument/xattrs.ts';
import { DocumentsByVbucket } from './by-vbucket.ts';
import { ChangeLog } from './change-log.ts';
import { absoluteExpiry, documentBytes, type Document } from './document.ts';
import { noteExpired } from './expired.ts';
import { Expiries } from './expiries.ts';
import { bucketLimits } from './limits.ts';
import { Locks } from './locks.ts';
import { burialOf, nextDocument, type Draft } from './next-document.ts';
import type { Quota } from './quota.ts';
import type { Sequence } from './sequence.ts';
import type { Refusal, Shared } from './shared.ts';
import { vbucketCount } from './vbucket.ts';

/** Bytes of the record of a lock, at most. */
const lockBytes = 64;

/**
 * A collection's documents in memory, by vBucket, with expiry, locks, tombstones and a change log. Documents are values: a change puts
 * another one in their place.
 */
export class DocumentStore {
  readonly changes = new ChangeLog();
  readonly locks: Locks;
  readonly #shared: Shared;
  readonly #documents = new DocumentsByVbucket();
  readonly #expiries = new Expiries();
  /** Tombstones with attributes, by the second of the deletion. */
  readonly #buried = new Expiries();
  #count = 0;
  #bytes = 0;
  readonly #id: number;
  /** Longest life of a new document, seconds: 0 for the bucket's, -1 for any. */
  maxTtl: number;

  /** @param id the collection's */
  constructor(shared: Shared, id = 0, maxTtl = 0) {
    this.#shared = shared;
    this.#id = id;
    this.locks = new Locks(shared.nowMs);
    this.maxTtl = maxTtl;
  }

  /** Documents, tombstones not counted. */
  get count(): number {
    return this.#count;
  }

  /** Memory of the bucket, which its collections share. */
  get quota(): Quota {
    return this.#shared.quota;
  }

  /** CAS and sequence numbers of the bucket, which its collections share. */
  get sequence(): Sequence {
    return this.#shared.sequence;
  }

  /** The bucket's wall clock, milliseconds since 1970. */
  get nowMs(): number {
    return this.#shared.nowMs();
  }

  /** The document, unless there is none or its time is over. */
  get(key: ByteString): Document | undefined {
    const document = this.find(key);
    return document === undefined || document.deleted ? undefined : document;
  }

  /** The document, or its tombstone. */
  find(key: ByteString): Document | undefined {
    const document = this.#documents.get(key);
    if (document === undefined || document.expiry === 0 || document.deleted) return document;
    if (!this.#isOver(document.expiry)) return document;
    // A follower is told when they end.
    return this.#shared.isFollowing() ? undefined : this.#expire(document);
  }

  /** Keys with a document. Each vBucket's are those of the moment when it is looked at. */
  *keys(): Generator<ByteString> {
    for (let vbucket = 0; vbucket < vbucketCount; vbucket++) yield* this.keysOf(vbucket);
  }

  /** Keys with a document in one vBucket, in no order. */
  keysOf(vbucket: number): ByteString[] {
    const keys: ByteString[] = [];
    for (const [key, { deleted, expiry }] of this.#documents.of(vbucket) ?? []) {
      if (!deleted && !this.#isOver(expiry)) keys.push(key);
    }
    return keys;
  }

  /** Documents and tombstones of one vBucket. */
  allOf(vbucket: number): Document[] {
    return [...(this.#documents.of(vbucket)?.values() ?? [])];
  }

  /** When a document that is written now will end: absolute Unix seconds, 0 for never. @param expiry as on the wire */
  expiryFromNow(expiry: number): number {
    const maxTtl = this.maxTtl === 0 ? this.#shared.maxTtlS() : Math.max(0, this.maxTtl);
    if (expiry === 0 && maxTtl === 0) return 0;
    const asked = absoluteExpiry(expiry, this.nowMs);
    if (maxTtl === 0) return asked;
    const latest = Math.floor(this.nowMs / 1000) + maxTtl;
    return asked === 0 || asked > latest ? latest : asked;
  }

  /** Stores a document, and releases its lock. */
  put(draft: Draft, cas: Cas = this.sequence.nextCas()): Document | Refusal {
    const before = this.#documents.get(draft.key);
    const vbucket = this.#documents.vbucketOf(draft.key);
    const bytes = documentBytes(draft);
    if (!this.quota.allows(bytes - this.#counted(before))) return 'full';
    if (!this.#isRecordable(bytes)) return 'disk full';
    return this.#set(before, nextDocument({ before, sequence: this.sequence, vbucket, cas }, draft, false));
  }

  /** Leaves a tombstone, also where there was nothing. @param xattrs attributes that outlive the document @param isExpired its time was over */
  bury(
    key: ByteString,
    xattrs: ByteString,
    flags: number,
    cas: Cas = this.sequence.nextCas(),
    isExpired = false,
  ): Document | Refusal {
    const before = this.#documents.get(key);
    const vbucket = this.#documents.vbucketOf(key);
    const bytes = documentBytes({ key, value: '', xattrs });
    const growth = xattrs === '' ? 0 : bytes - this.#counted(before);
    if (!this.quota.allows(growth)) return 'full';
    if (!this.#isRecordable(bytes)) return 'disk full';
    const place = { before, sequence: this.sequence, vbucket, cas };
    const tombstone = nextDocument(place, burialOf(key, xattrs, flags, this.nowMs), true);
    if (isExpired) noteExpired(tombstone);
    this.#set(before, tombstone);
    if (xattrs === '') this.#shared.tombstones.add(this, tombstone);
    return tombstone;
  }

  /** Puts a document back as it was recorded, in the order of the records. @throws LabError `state.data-memory` where there is no room */
  restore(document: Document): void {
    this.quota.require(documentBytes(document));
    const before = this.#documents.get(document.key);
    this.#documents.put(document);
    this.#account(before, document);
    if (document.deleted && document.xattrs === '') this.#shared.tombstones.add(this, document);
  }

  /** Stores a document, or a tombstone, as another server has it, with its numbers. @returns why it could not */
  adopt(document: Document): Refusal | undefined {
    const before = this.#documents.get(document.key);
    if (!this.quota.allows(this.#counted(document) - this.#counted(before))) return 'full';
    if (!this.#isRecordable(documentBytes(document))) return 'disk full';
    this.sequence.raiseSeqno(document.vbucket, document.seqno);
    this.sequence.raiseCas(document.cas);
    this.#set(before, document);
    if (document.deleted && document.xattrs === '') this.#shared.tombstones.add(this, document);
    return undefined;
  }

  /** Gives a document another CAS and nothing else, and locks it. A lock is gone with the process, but its CAS is nobody else's after it. */
  lock(document: Document, seconds: number): Document | Refusal {
    if (!this.#isRecordable(lockBytes)) return 'disk full';
    const locked: Document = { ...document, cas: this.sequence.nextCas() };
    this.#shared.journal?.cas(locked.cas);
    this.#documents.put(locked);
    this.locks.lock(document.key, this.nowMs + seconds * 1000);
    return locked;
  }

  /** Drops a tombstone, unless the key was written again. */
  forget(tombstone: Document): void {
    if (this.#documents.get(tombstone.key) !== tombstone) return;
    this.#documents.remove(tombstone);
    this.#account(tombstone, undefined);
    this.sequence.notePurge(tombstone.vbucket, tombstone.seqno);
  }

  /** Once a second: ends documents whose time is over, as the real server's expiry pager does, and purges old tombstones. */
  tick(): void {
    const { duePerTick, purgeSeconds } = bucketLimits;
    const second = Math.floor(this.nowMs / 1000);
    if (!this.#shared.isFollowing()) for (const key of this.#expiries.due(second, duePerTick)) this.find(key);
    for (const key of this.#buried.due(second - purgeSeconds, duePerTick)) {
      const tombstone = this.find(key);
      if (tombstone?.deleted === true) this.forget(tombstone);
    }
    this.locks.expire();
  }

  /** Lets go of everything, without a word to the quota's other users. */
  clear(): void {
    this.#documents.clear();
    this.#expiries.clear();
    this.#buried.clear();
    this.locks.clear();
    this.quota.add(-this.#bytes);
    this.#bytes = 0;
    this.#count = 0;
    this.changes.reset();
  }

  #isOver(expiry: number): boolean {
    return expiry !== 0 && expiry * 1000 <= this.nowMs;
  }

  #set(before: Document | undefined, document: Document): Document {
    this.#documents.put(document);
    this.#account(before, document);
    this.locks.release(document.key);
    this.changes.record(document.key, this.#isLive);
    this.#shared.journal?.document(this.#id, document);
    this.#shared.feed.changed(this.#id, document);
    return document;
  }

  #isRecordable(bytes: number): boolean {
    const { journal } = this.#shared;
    return journal === undefined || journal.admits(bytes);
  }

  #expire(document: Document): Document | undefined {
    const tombstone = this.bury(document.key, systemXattrs(document.xattrs), document.flags, undefined, true);
    return typeof tombstone === 'string' ? undefined : tombstone;
  }

  #account(before: Document | undefined, after: Document | undefined): void {
    if (before !== undefined && before.expiry !== 0) this.#timesOf(before).delete(before.key, before.expiry);
    if (after !== undefined && after.expiry !== 0 && (!after.deleted || after.xattrs !== ''))
      this.#timesOf(after).add(after.key, after.expiry);
    const growth = this.#counted(after) - this.#counted(before);
    this.#bytes += growth;
    this.quota.add(growth);
    this.#count += Number(after?.deleted === false) - Number(before?.deleted === false);
  }

  #timesOf(document: Document): Expiries {
    return document.deleted ? this.#buried : this.#expiries;
  }

  /** Bytes that the quota knows of: tombstones without attributes are few, and their number is limited otherwise. */
  #counted(document: Document | undefined): number {
    return document === undefined || (document.deleted && document.xattrs === '') ? 0 : documentBytes(document);
  }

  readonly #isLive = (key: ByteString): boolean => this.#documents.get(key)?.deleted === false;
}
