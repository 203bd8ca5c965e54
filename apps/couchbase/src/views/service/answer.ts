import type { LabError } from '../../../../../errors/lab-error.ts';
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
}

export function noRows(reduces: boolean): ViewAnswer {
  const first = { rows: 0, body: Buffer.alloc(0), isLast: true };
  return { totalRows: reduces ? undefined : 0, first, rest: () => following(-1, () => Promise.reject(gone())) };
}

/** Asks for the first page. @throws LabError */
export async function answerPages(feed: ViewFeed, query: ViewQuery, reduce: boolean): Promise<ViewAnswer> {
  const { view } = feed;
  const { reply, more } = await feed.ask({ op: 'query', view, query, reduce });
  const { cursor, totalRows, rows, body } = pageOf(reply);
  return {
    totalRows: reduce ? undefined : totalRows,
    first: { rows, body, isLast: cursor === -1 },
    rest: () => following(cursor, (op, number) => more({ op, view, cursor: number })),
  };
}

async function* following(
  first: number,
  ask: (op: 'more' | 'close', cursor: number) => Promise<Reply>,
): AsyncGenerator<Page> {
  let cursor = first;
  try {
    while (cursor !== -1) {
      const asked = cursor;
      cursor = -1;
      const reply = pageOf(await ask('more', asked));
      cursor = reply.cursor;
      yield { rows: reply.rows, body: reply.body, isLast: cursor === -1 };
    }
  } finally {
    // The client went away before the end.
    if (cursor !== -1) await ask('close', cursor);
  }
}

function pageOf(reply: Reply): Reply & { readonly kind: 'page' } {
  if (reply.kind === 'page') return reply;
  throw gone();
}

function gone(): LabError {
  return viewErrors.busy('the rows of this answer are gone');
}
