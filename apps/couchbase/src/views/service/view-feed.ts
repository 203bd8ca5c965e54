import type { LabError } from '../../../../../errors/lab-error.ts';
import type { DocumentStore } from '../../bucket/document-store.ts';
import type { Done, Request, ViewSource } from '../indexer/messages.ts';
import { viewLimits } from '../limits.ts';
import { CatchUp } from './catch-up.ts';
import { IndexerLost, type Indexer } from './indexer.ts';
import { viewErrors } from './view-error.ts';

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
  /** The number that requests name this view by. */
  readonly view: number;
  readonly #setting: FeedSetting;
  #indexer: Indexer | undefined;
  #seqno: number | undefined;
  #kills = 0;
  #ends = 0;
  #everBuilt = false;
  #spent: LabError | undefined;
  #current: Promise<void> = Promise.resolve();
  #following: Promise<void> | undefined;
  /** An update of one batch: a query that comes while it is under way has its rows, though it does not ask for them. */
  #small: Promise<void> = Promise.resolve();

  constructor(view: number, source: ViewSource, setting: FeedSetting) {
    this.view = view;
    this.source = source;
    this.#setting = setting;
  }

  /** False until the first update, and again when the index went with its process: then there is nothing to answer from. */
  get isBuilt(): boolean {
    return this.#seqno !== undefined && this.#indexer?.isAlive === true;
  }

  /** True once there was an index, be it lost or not. */
  get wasBuilt(): boolean {
    return this.#everBuilt;
  }

  /** Gives a view that was given up another chance: it was published anew. */
  forgive(): void {
    this.#spent = undefined;
    this.#kills = 0;
    this.#ends = 0;
  }

  /** @throws LabError when the view passed its limits before */
  check(): void {
    if (this.#spent !== undefined) throw this.#spent;
  }

  /** Indexes every change up to now. Calls that come together share an update. @throws LabError */
  update(): Promise<void> {
    this.#following ??= this.#current
      .catch(() => undefined)
      .then(() => {
        this.#following = undefined;
        this.#current = this.#untilDone((indexer) => this.#catchUp(indexer));
        return this.#current;
      });
    if (this.isBuilt && this.#setting.store.changes.head - (this.#seqno ?? 0) <= viewLimits.batchDocuments)
      this.#small = this.#following;
    return this.#following;
  }

  /** A query on the index as it is; builds it first when it was lost. `more` asks the same process about the same answer. @throws LabError */
  async ask(request: Request): Promise<{ reply: Done; more: (request: Request) => Promise<Done> }> {
    await this.#small.catch(() => undefined);
    for (;;) {
      if (!this.isBuilt) await this.update();
      this.check();
      const indexer = this.#indexer;
      if (indexer === undefined) continue;
      try {
        const reply = await this.#send(indexer, request);
        this.#kills = 0;
        this.#ends = 0;
        return { reply, more: (next) => this.#goOn(indexer, next) };
      } catch (error) {
        this.#mourn(error);
      }
    }
  }

  /** Lets go of the index. */
  drop(): void {
    if (this.#indexer?.isAlive === true) this.#indexer.request({ op: 'drop', view: this.view }).catch(() => undefined);
  }

  async #untilDone<Result>(work: (indexer: Indexer) => Promise<Result>): Promise<Result> {
    for (;;) {
      this.check();
      try {
        return await work(this.#setting.indexer());
      } catch (error) {
        this.#mourn(error);
      }
    }
  }

  async #goOn(indexer: Indexer, request: Request): Promise<Done> {
    try {
      return await this.#send(indexer, request);
    } catch (error) {
      this.#mourn(error);
      throw viewErrors.busy('the rows of this answer are gone with the process that had them');
    }
  }

  /** Counts an end of the process. @throws what is no such end, and LabError when it was one too many */
  #mourn(error: unknown): void {
    if (!(error instanceof IndexerLost)) throw error;
    if (!error.working) return;
    this.#setting.note(`its process ${error.message}`);
    if (error.killed) this.#kills += 1;
    else this.#ends += 1;
    if (this.#kills < viewLimits.kills && this.#ends < viewLimits.ends) return;
    this.#giveUp(viewErrors.limit(`the process of this view's functions ended again and again: ${error.message}`));
  }

  #giveUp(error: LabError): never {
    this.#spent = error;
    this.#seqno = undefined;
    this.#indexer = undefined;
    this.#setting.note(error.message);
    throw error;
  }

  async #catchUp(indexer: Indexer): Promise<void> {
    if (this.#indexer !== indexer) {
      await this.#send(indexer, { op: 'open', view: this.view, source: this.source });
      this.#indexer = indexer;
      this.#seqno = undefined;
    }
    const work = new CatchUp(this.#setting.store, this.view, (request) => this.#send(indexer, request));
    this.#seqno = await work.from(this.#seqno);
    this.#everBuilt = true;
    if (work.leftOut > 0) this.#setting.note(`${work.leftOut} documents left out, ${work.example}`);
  }

  async #send(indexer: Indexer, request: Request): Promise<Done> {
    const reply = await indexer.request(request);
    if (reply.kind !== 'failed') return reply;
    const error = viewErrors[reply.code](reply.cause);
    // Those two are of this query; the others will come again at the next.
    if (reply.code === 'reduce' || reply.code === 'busy') throw error;
    return this.#giveUp(error);
  }
}
