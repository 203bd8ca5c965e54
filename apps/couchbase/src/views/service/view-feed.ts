import { type CodeOf, LabError } from '../../../../../errors/lab-error.ts';
import type { DocumentStore } from '../../bucket/document-store.ts';
import type { FailureCode, Item, Reply, Request, ViewSource } from '../indexer/messages.ts';
import { viewLimits } from '../limits.ts';
import { IndexerLost, type Indexer } from './indexer.ts';
import { itemOf } from './item.ts';

type Done = Reply & { readonly kind: 'page' | 'done' };

/** What a feed needs of its surroundings. */
export interface FeedSetting {
  readonly store: DocumentStore;
  /** The process that lives, started when there is none. */
  readonly indexer: () => Indexer;
  readonly note: (text: string) => void;
}

/** Brings one view's index up to the bucket, in whichever process lives, and remembers when the view is of no use. */
export class ViewFeed {
  readonly source: ViewSource;
  private readonly number: number;
  private readonly setting: FeedSetting;
  private indexer: Indexer | undefined;
  private seqno: number | undefined;
  private kills = 0;
  private ends = 0;
  private leftOut = 0;
  private example = '';
  private spent: LabError | undefined;
  private current: Promise<void> = Promise.resolve();
  private following: Promise<void> | undefined;
  /** An update of one batch: a query that comes while it is under way has its rows, though it does not ask for them. */
  private small: Promise<void> = Promise.resolve();

  constructor(number: number, source: ViewSource, setting: FeedSetting) {
    this.number = number;
    this.source = source;
    this.setting = setting;
  }

  /** False until the first update, and again when the index went with its process: then there is nothing to answer from. */
  get isBuilt(): boolean {
    return this.seqno !== undefined && this.indexer?.isAlive === true;
  }

  /** True once there was an index, be it lost or not. */
  get wasBuilt(): boolean {
    return this.indexer !== undefined;
  }

  /** Gives a view that was given up another chance: it was published anew. */
  forgive(): void {
    this.spent = undefined;
    this.kills = 0;
    this.ends = 0;
  }

  /** @throws LabError when the view passed its limits before */
  check(): void {
    if (this.spent !== undefined) throw this.spent;
  }

  /** Indexes every change up to now. Calls that come together share an update. @throws LabError */
  update(): Promise<void> {
    this.following ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.following = undefined;
        this.current = this.untilDone((indexer) => this.catchUp(indexer));
        return this.current;
      });
    if (this.isBuilt && this.setting.store.changes.head - (this.seqno ?? 0) <= viewLimits.batchDocuments)
      this.small = this.following;
    return this.following;
  }

  /** A query on the index as it is; builds it first when it was lost. `more` asks the same process about the same answer. @throws LabError */
  async ask(request: Request): Promise<{ reply: Done; more: (request: Request) => Promise<Done> }> {
    await this.small.catch(() => undefined);
    for (;;) {
      if (!this.isBuilt) await this.update();
      this.check();
      const { indexer } = this;
      if (indexer === undefined) continue;
      try {
        const reply = await this.send(indexer, request);
        this.kills = 0;
        this.ends = 0;
        return { reply, more: (next) => this.goOn(indexer, next) };
      } catch (error) {
        this.mourn(error);
      }
    }
  }

  /** The number that requests name this view by. */
  get view(): number {
    return this.number;
  }

  /** Lets go of the index. */
  drop(): void {
    if (this.indexer?.isAlive === true) this.indexer.request({ op: 'drop', view: this.number }).catch(() => undefined);
  }

  private async untilDone<Result>(work: (indexer: Indexer) => Promise<Result>): Promise<Result> {
    for (;;) {
      this.check();
      try {
        return await work(this.setting.indexer());
      } catch (error) {
        this.mourn(error);
      }
    }
  }

  private async goOn(indexer: Indexer, request: Request): Promise<Done> {
    try {
      return await this.send(indexer, request);
    } catch (error) {
      this.mourn(error);
      throw viewError('busy.view-rows', 'the rows of this answer are gone with the process that had them');
    }
  }

  /** Counts an end of the process. @throws what is no such end, and LabError when it was one too many */
  private mourn(error: unknown): void {
    if (!(error instanceof IndexerLost)) throw error;
    if (!error.working) return;
    this.setting.note(`its process ${error.message}`);
    if (error.killed) this.kills += 1;
    else this.ends += 1;
    if (this.kills < viewLimits.kills && this.ends < viewLimits.ends) return;
    this.giveUp('input.view-limit', `the process of this view's functions ended again and again: ${error.message}`);
  }

  private giveUp(code: CodeOf<'input'>, cause: string): never {
    this.spent = viewError(code, cause);
    this.seqno = undefined;
    this.indexer = undefined;
    this.setting.note(cause);
    throw this.spent;
  }

  private async catchUp(indexer: Indexer): Promise<void> {
    if (this.indexer !== indexer) {
      await this.send(indexer, { op: 'open', view: this.number, source: this.source });
      this.indexer = indexer;
      this.seqno = undefined;
    }
    const { changes } = this.setting.store;
    const until = changes.head;
    while (this.seqno === undefined || this.seqno < until) {
      if (this.seqno === undefined || changes.since(this.seqno, 1) === 'lost') await this.build(indexer);
      else await this.follow(indexer, this.seqno, until);
    }
    if (this.leftOut > 0) this.setting.note(`${this.leftOut} documents left out, ${this.example}`);
    this.leftOut = 0;
  }

  private async build(indexer: Indexer): Promise<void> {
    const { store } = this.setting;
    const from = store.changes.head;
    await this.send(indexer, { op: 'begin', view: this.number, fresh: true });
    let keys: string[] = [];
    // Keys come in the order of their making: those made meanwhile are last, and are told by the change log.
    let left = store.count;
    for (const key of store.keys()) {
      if (left-- <= 0) break;
      if (keys.push(key) < viewLimits.batchDocuments) continue;
      await this.map(indexer, keys);
      keys = [];
    }
    await this.map(indexer, keys);
    await this.send(indexer, { op: 'commit', view: this.number });
    this.seqno = from;
  }

  private async follow(indexer: Indexer, from: number, until: number): Promise<void> {
    await this.send(indexer, { op: 'begin', view: this.number, fresh: false });
    for (let at = from; at < until;) {
      const changes = this.setting.store.changes.since(at, viewLimits.batchDocuments);
      if (changes === 'lost') {
        this.seqno = undefined;
        return;
      }
      await this.map(indexer, [...changes.keys]);
      at = changes.upTo;
      if (at >= until) {
        await this.send(indexer, { op: 'commit', view: this.number });
        this.seqno = at;
      }
    }
  }

  private async map(indexer: Indexer, keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length;) {
      const items: Item[] = [];
      for (let bytes = 0; at + items.length < keys.length && bytes < viewLimits.batchBytes;) {
        const item = itemOf(this.setting.store, keys[at + items.length]!);
        items.push(item);
        bytes += item.value?.length ?? 0;
      }
      const reply = await this.send(indexer, { op: 'map', view: this.number, items });
      if (reply.kind !== 'done' || reply.taken < 1) throw new TypeError('a batch was answered without progress');
      if (this.leftOut === 0) this.example = reply.example;
      this.leftOut += reply.leftOut;
      at += reply.taken;
    }
  }

  private async send(indexer: Indexer, request: Request): Promise<Done> {
    const reply = await indexer.request(request);
    if (reply.kind !== 'failed') return reply;
    const code = codes[reply.code];
    if (code === 'input.reduce' || code === 'busy.view-rows') throw viewError(code, reply.cause);
    return this.giveUp(code, reply.cause);
  }
}

const codes = {
  map: 'input.map',
  timeout: 'input.map-timeout',
  limit: 'input.view-limit',
  reduce: 'input.reduce',
  busy: 'busy.view-rows',
} as const satisfies Record<FailureCode, CodeOf<'input'> | CodeOf<'busy'>>;

function viewError(code: CodeOf<'input'> | CodeOf<'busy'>, cause: string): LabError {
  const next =
    code === 'busy.view-rows'
      ? 'read the rows of other queries, or set a limit'
      : 'correct the functions of the view and publish the design document again';
  return new LabError({ code, cause, next });
}
