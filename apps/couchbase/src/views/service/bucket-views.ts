import { type CodeOf, LabError } from '../../../../../errors/lab-error.ts';
import type { Bucket } from '../../bucket/bucket.ts';
import type { Published } from '../design-documents.ts';
import type { ViewDefinition } from '../design-document.ts';
import type { ViewQuery } from '../view-query.ts';
import { answerPages, noRows, type ViewAnswer } from './answer.ts';
import { Indexer } from './indexer.ts';
import { ViewFeed } from './view-feed.ts';

interface Open {
  readonly design: string;
  readonly view: string;
  readonly feed: ViewFeed;
  revision: number;
}

/** A bucket's views at work: one process for all of them, started by the first query that has documents. */
export class BucketViews {
  readonly #bucket: Bucket;
  readonly #program: string;
  readonly #log: (text: string) => void;
  readonly #open = new Map<string, Open>();
  #process: Indexer | undefined;
  #lastNumber = 0;
  #closed = false;

  /** @param program path of the process's bundle */
  constructor(bucket: Bucket, program: string, log: (text: string) => void) {
    this.#bucket = bucket;
    this.#program = program;
    this.#log = log;
  }

  /** Process id of what indexes and answers, while there is one. */
  get pid(): number | undefined {
    return this.#process?.isAlive === true ? this.#process.pid : undefined;
  }

  /**
   * Runs a query. `stale` as documented: false updates first, ok never does, update_after answers first;
   * only an index that never was built is built first in any case but ok.
   * @throws LabError `missing.*` for an unknown design document or view, `input.*` for what the query or the functions got wrong
   */
  async query(design: string, view: string, query: ViewQuery): Promise<ViewAnswer> {
    const { published, definition } = this.#find(design, view);
    const reduces = definition.reduce !== undefined && query.reduce !== false;
    if (!reduces && (query.groupLevel > 0 || query.reduce === true)) throw notReducible();
    this.tidy();
    const feed = this.#feedOf(design, view, published, definition);
    feed.check();
    if (!feed.wasBuilt && (this.#bucket.store.count === 0 || query.stale === 'ok')) return noRows(reduces);
    if (query.stale === 'false' || !feed.isBuilt) await feed.update();
    return answerPages(feed, query, reduces);
  }

  /** The second half of stale=update_after, to be called when the answer is out. Problems show at the next query. */
  async updateAfter(design: string, view: string): Promise<void> {
    const open = this.#open.get(nameOf(design, view));
    if (open === undefined || !open.feed.isBuilt) return;
    await open.feed.update().catch((error: unknown) => {
      if (!(error instanceof LabError)) throw error;
    });
  }

  /** Lets go of views that are not published any more. */
  tidy(): void {
    for (const [name, { design, view, feed }] of this.#open) {
      const definition = this.#bucket.designs.published(design)?.document.views.get(view);
      if (definition !== undefined && isSame(definition, feed.source)) continue;
      feed.drop();
      this.#open.delete(name);
    }
    if (this.#open.size > 0) return;
    this.#process?.kill('not needed');
    this.#bucket.store.changes.unfollow();
  }

  /** Ends the process, for good: the bucket is gone or the server stops. */
  close(): void {
    this.#closed = true;
    this.#process?.kill('the bucket is closed');
  }

  #find(design: string, view: string): { published: Published; definition: ViewDefinition } {
    const published = this.#bucket.designs.published(design);
    if (published === undefined) throw missing('missing.design-document', `design document ${design} not found`);
    const definition = published.document.views.get(view);
    if (definition === undefined) throw missing('missing.view', `view ${view} not found in design document ${design}`);
    return { published, definition };
  }

  #feedOf(design: string, view: string, published: Published, definition: ViewDefinition): ViewFeed {
    const name = nameOf(design, view);
    const open = this.#open.get(name) ?? { design, view, revision: 0, feed: this.#newFeed(design, view, definition) };
    if (open.revision !== published.revision) open.feed.forgive();
    open.revision = published.revision;
    this.#open.set(name, open);
    return open.feed;
  }

  #newFeed(design: string, view: string, { map, reduce }: ViewDefinition): ViewFeed {
    const place = `${this.#bucket.name}/_design/${design}/_view/${view}`;
    return new ViewFeed(++this.#lastNumber, reduce === undefined ? { map } : { map, reduce }, {
      store: this.#bucket.store,
      indexer: () => this.#living(),
      note: (text) => this.#log(`${place}: ${text}`),
    });
  }

  #living(): Indexer {
    if (this.#closed) throw missing('missing.design-document', `bucket ${this.#bucket.name} is gone`);
    if (this.#process?.isAlive !== true) this.#process = new Indexer(this.#program);
    return this.#process;
  }
}

function nameOf(design: string, view: string): string {
  return JSON.stringify([design, view]);
}

function isSame(one: ViewDefinition, other: ViewDefinition): boolean {
  return one.map === other.map && one.reduce === other.reduce;
}

function missing(code: CodeOf<'missing'>, cause: string): LabError {
  return new LabError({ code, cause, next: 'publish the design document, or correct the name' });
}

function notReducible(): LabError {
  return new LabError({
    code: 'input.view-query',
    cause: 'reduce, group and group_level need a view with a reduce function',
    next: 'leave them out, or add a reduce to the view',
  });
}
