import { randomBytes } from 'node:crypto';
import type { BucketSettings } from './bucket-settings.ts';
import { DesignDocuments } from '../views/design-documents.ts';
import { DocumentStore } from './document-store.ts';
import { BucketStatistics } from './statistics/bucket-statistics.ts';

/** A named set of documents with its views and figures. Clients may use it from `readyAtMs` on. */
export class Bucket {
  readonly name: string;
  readonly uuid: string = randomBytes(16).toString('hex');
  readonly store: DocumentStore;
  readonly designs = new DesignDocuments();
  readonly history: BucketStatistics;
  readonly #readyAtMs: number;
  #chosen: BucketSettings;

  /** @param warmupMs pretended loading time during which clients are told the bucket is not there yet */
  constructor(args: { name: string; settings: BucketSettings; nowMs: () => number; warmupMs: number }) {
    this.name = args.name;
    this.#chosen = args.settings;
    this.store = new DocumentStore(args.nowMs, quotaBytes(args.settings));
    this.store.maxTtlS = args.settings.maxTtlS;
    this.history = new BucketStatistics(args.nowMs());
    this.#readyAtMs = args.nowMs() + args.warmupMs;
  }

  get settings(): BucketSettings {
    return this.#chosen;
  }

  set settings(settings: BucketSettings) {
    this.#chosen = settings;
    this.store.quotaBytes = quotaBytes(settings);
    this.store.maxTtlS = settings.maxTtlS;
  }

  isReady(nowMs: number): boolean {
    return nowMs >= this.#readyAtMs;
  }

  /** Once a second: expiry and figures. @param connections key-value connections to the node */
  tick(nowMs: number, connections: number): void {
    this.store.expireDue();
    const { count, usedBytes } = this.store;
    this.history.tick(nowMs, { curr_items: count, mem_used: usedBytes, curr_connections: connections });
  }
}

function quotaBytes(settings: BucketSettings): number {
  return settings.ramQuotaMb * 1024 * 1024;
}
