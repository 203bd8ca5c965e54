import type { Document } from '../bucket/document.ts';
import type { DocumentStore } from '../bucket/document-store.ts';
import { compareKeys } from './collation.ts';
import type { Json } from './json.ts';
import { MapProgram } from './map-program.ts';

/** One emitted pair. `source` is the store's own key of the document it came from. */
export interface Row {
  readonly key: Json;
  readonly id: string;
  readonly value: Json;
  readonly source: string;
}

/** A view's rows in order, brought up to date on demand by mapping only the documents changed since the last time. */
export class ViewIndex {
  private readonly store: DocumentStore;
  private readonly program: MapProgram;
  private sorted: readonly Row[] = [];
  private seqno: number | undefined;
  private mapped = 0;

  /** @throws LabError `input.map` when the map source does not compile */
  constructor(store: DocumentStore, mapSource: string) {
    this.store = store;
    this.program = new MapProgram(mapSource);
  }

  get rows(): readonly Row[] {
    return this.sorted;
  }

  /** False until the first update: then there is nothing at all to answer from. */
  get isBuilt(): boolean {
    return this.seqno !== undefined;
  }

  /** Documents mapped since the index exists; shows that updates are incremental. */
  get documentsMapped(): number {
    return this.mapped;
  }

  /** Brings the rows up to the store's present state. @throws LabError `input.map-timeout` */
  update(): void {
    const changes = this.seqno === undefined ? 'lost' : this.store.changes.since(this.seqno);
    const upTo = changes === 'lost' ? this.store.changes.head : changes.upTo;
    if (upTo === this.seqno) return;
    const keys = changes === 'lost' ? new Set(this.store.keys()) : changes.keys;
    const fresh = this.map(keys);
    const kept = changes === 'lost' ? [] : this.sorted.filter((row) => !keys.has(row.source));
    this.sorted = merge(kept, fresh.sort(compareRows));
    this.seqno = upTo;
  }

  private map(keys: ReadonlySet<string>): Row[] {
    const found = [...keys].flatMap((source): { source: string; document: Document }[] => {
      const document = this.store.lookup(source);
      return document === undefined ? [] : [{ source, document }];
    });
    this.mapped += found.length;
    const emitted = this.program.run(found.map(({ document }) => document));
    return found.flatMap(({ source, document }, index) => {
      const id = document.key.toString('utf8');
      return (emitted[index] ?? []).map(([key, value]) => ({ key, id, value, source }));
    });
  }
}

/** Order of rows: by key, then by document id (code units). */
function compareRows(left: Row, right: Row): number {
  return compareKeys(left.key, right.key) || compareIds(left.id, right.id);
}

export function compareIds(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function merge(left: readonly Row[], right: readonly Row[]): Row[] {
  const merged: Row[] = [];
  let at = 0;
  for (const row of left) {
    for (let next = right[at]; next !== undefined && compareRows(next, row) < 0; next = right[++at]) merged.push(next);
    merged.push(row);
  }
  return merged.concat(right.slice(at));
}
