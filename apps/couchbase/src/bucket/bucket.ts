import { randomBytes } from 'node:crypto';
import type { BucketSettings } from './bucket-settings.ts';
import { DesignDocuments } from '../views/design-documents.ts';
import { Collections } from './collections.ts';
import type { DocumentStore } from './document-store.ts';
import { Quota } from './quota.ts';
import { Sequence } from './sequence.ts';
import { BucketStatistics } from './statistics/bucket-statistics.ts';
import { Tombstones } from './tombstones.ts';

/** A named set of collections of documents, with its views and figures. Clients may use it from `readyAtMs` on. */
export class Bucket {
  readonly name: string;
  readonly uuid: string = randomBytes(16).toString('hex');
  readonly collections: Collections;
  readonly designs = new DesignDocuments();
  readonly history: BucketStatistics;
  readonly sequence: Sequence;
  readonly #quota: Quota;
  readonly #tombstones = new Tombstones();
  readonly #readyAtMs: number;
  #chosen: BucketSettings;

  /**
   * @param warmupMs pretended loading time during which clients are told the bucket is not there yet
   * @param memory what the documents of all buckets may take together
   */
  constructor(args: { name: string; settings: BucketSettings; nowMs: () => number; warmupMs: number; memory: Quota }) {
    const { nowMs, memory } = args;
    this.name = args.name;
    this.#chosen = args.settings;
    this.#quota = new Quota(quotaBytes(args.settings), memory);
    this.sequence = new Sequence(nowMs);
    this.collections = new Collections({
      nowMs,
      maxTtlS: () => this.#chosen.maxTtlS,
      quota: this.#quota,
      sequence: this.sequence,
      tombstones: this.#tombstones,
    });
    this.history = new BucketStatistics(nowMs());
    this.#readyAtMs = nowMs() + args.warmupMs;
  }

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

  get usedBytes(): number {
    return this.#quota.usedBytes;
  }

  isReady(nowMs: number): boolean {
    return nowMs >= this.#readyAtMs;
  }

  /** Removes every document; scopes and collections stay. */
  flush(): void {
    for (const store of this.collections.stores) store.clear();
    this.#tombstones.clear();
    this.sequence.restart();
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
