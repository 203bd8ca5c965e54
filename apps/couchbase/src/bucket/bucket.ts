import { randomBytes } from 'node:crypto';
import type { BucketSettings } from './bucket-settings.ts';
import { DesignDocuments } from '../views/design-documents.ts';
import { ChangeFeed } from './change-feed.ts';
import { Collections } from './collections.ts';
import type { DocumentStore } from './document-store.ts';
import type { BucketJournal } from './journal.ts';
import { Quota } from './quota.ts';
import { Sequence } from './sequence.ts';
import type { Shared } from './shared.ts';
import { BucketStatistics } from './statistics/bucket-statistics.ts';
import { Tombstones } from './tombstones.ts';

/** Bytes of a record beyond a design document's source; of a flush. */
const designRecordBytes = 1024;
const flushRecordBytes = 256;

/** A named set of collections of documents, with its views and figures. Clients may use it from `readyAtMs` on. */
export class Bucket {
  readonly name: string;
  readonly uuid: string;
  readonly collections: Collections;
  readonly designs: DesignDocuments;
  readonly history: BucketStatistics;
  readonly sequence: Sequence;
  readonly feed = new ChangeFeed();
  readonly #quota: Quota;
  readonly #shared: Shared;
  readonly #tombstones = new Tombstones();
  readonly #readyAtMs: number;
  #chosen: BucketSettings;

  /**
   * @param warmupMs pretended loading time during which clients are told the bucket is not there yet
   * @param memory what the documents of all buckets may take together
   * @param uuid of one that was there before
   * @param isFollowing whether the server follows another one: clients are told then that the bucket is not there yet
   */
  constructor(args: {
    name: string;
    settings: BucketSettings;
    nowMs: () => number;
    warmupMs: number;
    memory: Quota;
    uuid?: string;
    isFollowing?: () => boolean;
  }) {
    const { nowMs, memory } = args;
    this.name = args.name;
    this.uuid = args.uuid ?? randomBytes(16).toString('hex');
    this.#chosen = args.settings;
    this.#quota = new Quota(quotaBytes(args.settings), memory);
    this.sequence = new Sequence(nowMs);
    this.#shared = {
      nowMs,
      maxTtlS: () => this.#chosen.maxTtlS,
      quota: this.#quota,
      sequence: this.sequence,
      tombstones: this.#tombstones,
      feed: this.feed,
      isFollowing: args.isFollowing ?? (() => false),
      journal: undefined,
    };
    this.collections = new Collections(this.#shared);
    this.designs = new DesignDocuments({
      require: (bytes) => this.journal?.require(bytes + designRecordBytes),
      design: (name, revision, source) => this.journal?.design(name, revision, source),
    });
    this.history = new BucketStatistics(nowMs());
    this.#readyAtMs = nowMs() + args.warmupMs;
  }

  /** Where its changes are recorded; undefined while it lives in memory only. */
  get journal(): BucketJournal | undefined {
    return this.#shared.journal;
  }

  set journal(journal: BucketJournal | undefined) {
    this.#shared.journal = journal;
  }

  /** As an administrator chose them; set, they limit its memory at once, and what is over the limit stays. */
  get settings(): BucketSettings {
    return this.#chosen;
  }

  set settings(settings: BucketSettings) {
    this.#chosen = settings;
    this.#quota.limitBytes = quotaBytes(settings);
  }

  /** Documents of the default collection. */
  get store(): DocumentStore {
    return this.collections.default;
  }

  /** Documents of all collections. */
  get itemCount(): number {
    return this.collections.stores.reduce((sum, { count }) => sum + count, 0);
  }

  /** What its documents, of all collections, take of its memory quota, bytes. */
  get usedBytes(): number {
    return this.#quota.usedBytes;
  }

  /** Whether clients may use it: it has pretended to load for long enough, and does not follow another server's. */
  isReady(nowMs: number): boolean {
    return nowMs >= this.#readyAtMs && !this.#shared.isFollowing();
  }

  /** Removes every document; scopes and collections stay. @throws LabError `state.disk-full` when it cannot be recorded */
  flush(): void {
    this.journal?.require(flushRecordBytes);
    this.empty();
    this.journal?.flush(this.sequence.uuidBase);
  }

  /** The same without a record. @param uuidBase of the history that begins, where it is known already */
  empty(uuidBase?: number): void {
    for (const store of this.collections.stores) store.clear();
    this.#tombstones.clear();
    this.sequence.restart(uuidBase);
    this.feed.restarted();
  }

  /** Once a second: expiry and figures. @param connections key-value connections to the node */
  tick(nowMs: number, connections: number): void {
    for (const store of this.collections.stores) store.tick();
    const { itemCount, usedBytes } = this;
    this.history.tick(nowMs, { curr_items: itemCount, mem_used: usedBytes, curr_connections: connections });
  }
}

function quotaBytes(settings: BucketSettings): number {
  return settings.ramQuotaMb * 1024 * 1024;
}
