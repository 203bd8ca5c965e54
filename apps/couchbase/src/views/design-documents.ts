import { type CodeOf, LabError } from '../../../../errors/lab-error.ts';
import type { DocumentStore } from '../bucket/document-store.ts';
import { readDesignDocument, type DesignDocument } from './design-document.ts';
import type { Json } from './json.ts';
import { reduceRows } from './reduce-rows.ts';
import { selectRows } from './select-rows.ts';
import { ViewIndex } from './view-index.ts';
import type { ViewQuery } from './view-query.ts';

/** Answer of a view, in the JSON shape clients expect: key and value are always there, id not in reduced rows. */
export interface ViewResult {
  readonly total_rows?: number;
  readonly rows: readonly { readonly id?: string; readonly key: Json; readonly value: Json }[];
}

interface Published {
  readonly document: DesignDocument;
  readonly indexes: ReadonlyMap<string, ViewIndex>;
  readonly revision: number;
}

/** A bucket's design documents and the indexes of their views. Names come without `_design/` and may start with `dev_`. */
export class DesignDocuments {
  private readonly store: DocumentStore;
  private readonly published = new Map<string, Published>();

  constructor(store: DocumentStore) {
    this.store = store;
  }

  /** Publishes or replaces a design document. @throws LabError `input.*` when it is not valid; the old one stays then */
  put(name: string, source: unknown): void {
    const document = readDesignDocument(source);
    const before = this.published.get(name);
    const indexes = new Map(
      [...document.views].map(([view, { map }]) => {
        const same = before?.document.views.get(view)?.map === map ? before.indexes.get(view) : undefined;
        return [view, same ?? new ViewIndex(this.store, map)];
      }),
    );
    this.published.set(name, { document, indexes, revision: (before?.revision ?? 0) + 1 });
  }

  get(name: string): DesignDocument | undefined {
    return this.published.get(name)?.document;
  }

  /** False when there was none. */
  delete(name: string): boolean {
    return this.published.delete(name);
  }

  list(): { readonly name: string; readonly revision: number; readonly source: unknown }[] {
    return [...this.published].map(([name, { revision, document }]) => ({ name, revision, source: document.source }));
  }

  /**
   * Runs a query. `stale` as documented: false updates first, ok never does, update_after answers first;
   * only an index that never was built is built first in any case but ok.
   * @throws LabError `missing.*` for an unknown design document or view, `input.*` for what the query or the map got wrong
   */
  query(name: string, view: string, query: ViewQuery): ViewResult {
    const published = this.published.get(name);
    const index = published?.indexes.get(view);
    if (published === undefined) throw missing('missing.design-document', `design document ${name} not found`);
    if (index === undefined) throw missing('missing.view', `view ${view} not found in design document ${name}`);
    if (query.stale === 'false' || (query.stale === 'update_after' && !index.isBuilt)) index.update();
    const reduce = query.reduce === false ? undefined : published.document.views.get(view)?.reduce;
    if (reduce === undefined && (query.groupLevel > 0 || query.reduce === true)) throw notReducible();
    const selected = selectRows(index.rows, query);
    const until = query.skip + query.limit;
    if (reduce !== undefined) return { rows: reduceRows(selected, reduce, query.groupLevel).slice(query.skip, until) };
    const rows = selected.slice(query.skip, until).map(({ id, key, value }) => ({ id, key, value }));
    return { total_rows: index.rows.length, rows };
  }

  /** The second half of stale=update_after, to be called when the answer is out. Problems show at the next query. */
  updateAfter(name: string, view: string): void {
    this.published.get(name)?.indexes.get(view)?.update();
  }
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
