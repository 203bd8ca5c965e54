import type { Reply } from '../indexer/messages.ts';
import type { ViewQuery } from '../view-query.ts';
import { viewErrors } from './view-error.ts';
import type { ViewFeed } from './view-feed.ts';

/** Rows as JSON text, joined by commas. */
export interface Page {
  readonly rows: number;
  readonly body: Buffer;
  readonly isLast: boolean;
}

/** The answer to a query: reduced rows have no total; pages come as they are asked for. */
export interface ViewAnswer {
  readonly totalRows: number | undefined;
  readonly first: Page;
  /** The rest. @throws LabError when the rows cannot be had any more */
  readonly rest: () => AsyncGenerator<Page>;
  /** To be called by whoever takes no more pages, be there any or not. */
  readonly close: () => Promise<void>;
}

/** The answer of a view that has indexed nothing. @param reduces a reduced answer has no total */
export function noRows(reduces: boolean): ViewAnswer {
  const first = { rows: 0, body: Buffer.alloc(0), isLast: true };
  const answer = new OpenAnswer(-1, () => Promise.reject(viewErrors.busy('there are no more rows')));
  return { totalRows: reduces ? undefined : 0, first, rest: () => answer.rest(), close: () => answer.close() };
}

/** Asks for the first page. @throws LabError */
export async function answerPages(feed: ViewFeed, query: ViewQuery, reduce: boolean): Promise<ViewAnswer> {
  const { view } = feed;
  const { reply, more } = await feed.ask({ op: 'query', view, query, reduce });
  let page = pageOf(reply);
  // A reduce may be at work for several pages without a row: until there is one, what goes wrong can still be the whole answer.
  while (page.rows === 0 && page.cursor !== -1) page = pageOf(await more({ op: 'more', view, cursor: page.cursor }));
  const { cursor, totalRows, rows, body } = page;
  const answer = new OpenAnswer(cursor, (op, number) => more({ op, view, cursor: number }));
  return {
    totalRows: reduce ? undefined : totalRows,
    first: { rows, body, isLast: cursor === -1 },
    rest: () => answer.rest(),
    close: () => answer.close(),
  };
}

class OpenAnswer {
  /** What the process knows the answer by; -1 when it has no more of it. */
  #cursor: number;
  #isClosed = false;
  readonly #ask: (op: 'more' | 'close', cursor: number) => Promise<Reply>;

  constructor(cursor: number, ask: (op: 'more' | 'close', cursor: number) => Promise<Reply>) {
    this.#cursor = cursor;
    this.#ask = ask;
  }

  async *rest(): AsyncGenerator<Page> {
    while (this.#cursor !== -1) {
      const asked = this.#cursor;
      // Whatever comes of it but a page: the process has forgotten the answer.
      this.#cursor = -1;
      const { cursor, rows, body } = pageOf(await this.#ask('more', asked));
      this.#cursor = cursor;
      // Whoever asked went away meanwhile, when there was nothing to close.
      if (this.#isClosed) return this.close();
      yield { rows, body, isLast: cursor === -1 };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const cursor = this.#cursor;
    this.#cursor = -1;
    if (cursor !== -1) await this.#ask('close', cursor);
  }
}

function pageOf(reply: Reply): Reply & { readonly kind: 'page' } {
  if (reply.kind === 'page') return reply;
  throw viewErrors.busy('the rows of this answer are gone');
}
