import { randomBytes } from 'node:crypto';
import { DesignDocuments } from '../views/design-documents.ts';
import { DocumentStore } from './document-store.ts';
import { OperationHistory } from './operation-history.ts';

/** What an administrator chooses for a bucket. */
export interface BucketSettings {
  readonly ramQuotaMb: number;
  readonly replicas: number;
  readonly flushEnabled: boolean;
  readonly type: 'membase' | 'ephemeral';
}

/** A named set of documents with its views and figures. Clients may use it from `readyAtMs` on. */
export class Bucket {
  readonly name: string;
  readonly uuid: string = randomBytes(16).toString('hex');
  readonly store: DocumentStore;
  readonly designs = new DesignDocuments();
  readonly history: OperationHistory;
  readonly #readyAtMs: number;
  #chosen: BucketSettings;

  /** @param warmupMs pretended loading time during which clients are told the bucket is not there yet */
  constructor(args: { name: string; settings: BucketSettings; nowMs: () => number; warmupMs: number }) {
    this.name = args.name;
    this.#chosen = args.settings;
    this.store = new DocumentStore(args.nowMs, quotaBytes(args.settings));
    this.history = new OperationHistory(args.nowMs());
    this.#readyAtMs = args.nowMs() + args.warmupMs;
  }

  get settings(): BucketSettings {
    return this.#chosen;
  }

  set settings(settings: BucketSettings) {
    this.#chosen = settings;
    this.store.quotaBytes = quotaBytes(settings);
  }

  isReady(nowMs: number): boolean {
    return nowMs >= this.#readyAtMs;
  }

  /** Once a second: expiry and figures. */
  tick(nowMs: number): void {
    this.store.expireDue();
    this.history.tick(nowMs, this.store.count, this.store.usedBytes);
  }
}

function quotaBytes(settings: BucketSettings): number {
  return settings.ramQuotaMb * 1024 * 1024;
}
