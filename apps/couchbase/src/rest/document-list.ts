import { LabError } from '../../../../errors/lab-error.ts';
import type { Document } from '../bucket/document.ts';
import type { DocumentStore } from '../bucket/document-store.ts';
import { valueJson, valuePreview } from '../documents/document-json.ts';
import type { KeyRange } from '../documents/key-range.ts';
import { listKeys } from '../documents/list-keys.ts';
import { textSearch } from '../documents/text-search.ts';
import { utf8Bytes, utf8Text, type ByteString } from '../wire/byte-string.ts';

/** Rows of a list, rows to leave out before them, characters of a preview: at most. */
const maxLimit = 1000;
const maxSkip = 10_000;
const maxPreview = 1000;

/** Longest time for one list, ms. */
const mostMs = 5000;

/** What a list is asked for. `text` and `preview` are this server's own. */
export interface ListQuery {
  readonly range: KeyRange;
  readonly skip: number;
  readonly limit: number;
  readonly includeDocs: boolean;
  /** Text to search keys and values for; empty for all documents. */
  readonly text: string;
  /** Characters of each value to show; 0 for none. */
  readonly preview: number;
}

/**
 * Reads the parameters of `/docs` (menelaus_web_crud.erl: limit, skip, include_docs, inclusive_end, startkey, endkey), `q` and `preview`.
 * @throws LabError `input.document-query`
 */
export function readListQuery(parameters: URLSearchParams): ListQuery {
  const whole = (name: string, least: number, most: number, standard: number) => {
    const text = parameters.get(name) ?? String(standard);
    const number = /^\d{1,9}$/u.test(text) ? Number(text) : -1;
    if (number >= least && number <= most) return number;
    throw bad(`'${name}' must be a valid integer between ${least} and ${most}`);
  };
  const flag = (name: string, standard: boolean) => {
    const text = parameters.get(name) ?? String(standard);
    if (text === 'true' || text === 'false') return text === 'true';
    throw bad(`'${name}' must be true or false`);
  };
  return {
    range: {
      start: readKey('startkey', parameters.get('startkey')),
      end: readKey('endkey', parameters.get('endkey')),
      inclusiveEnd: flag('inclusive_end', true),
    },
    skip: whole('skip', 0, maxSkip, 0),
    limit: whole('limit', 1, maxLimit, maxLimit),
    includeDocs: flag('include_docs', false),
    text: parameters.get('q') ?? '',
    preview: whole('preview', 0, maxPreview, 0),
  };
}

/** The answer, a row at a time: documents are read when the client has taken the ones before. @param nowMs a clock, milliseconds */
export async function* listJson(store: DocumentStore, query: ListQuery, nowMs: () => number): AsyncGenerator<Buffer> {
  const { range, skip, limit, text } = query;
  const matches = text === '' ? undefined : textSearch(text);
  const wanted = { range, most: skip + limit, nowMs, mostMs };
  const found = await listKeys(store, matches === undefined ? wanted : { ...wanted, matches });
  yield Buffer.from('{"rows":[');
  let comma = '';
  for (const key of found.keys.slice(skip)) {
    const document = store.get(key);
    if (document === undefined) continue;
    yield Buffer.from(comma + JSON.stringify(row(document, query)));
    comma = ',';
  }
  yield Buffer.from(found.isComplete ? ']}' : '],"incomplete":true}');
}

function row(document: Document, { includeDocs, preview }: ListQuery) {
  const id = utf8Text(document.key);
  return {
    id,
    key: id,
    ...(includeDocs && { doc: { meta: { id }, ...valueJson(document) } }),
    ...(preview > 0 && { preview: valuePreview(document, preview) }),
  };
}

/** Keys come as JSON strings; the store knows them by their bytes. */
function readKey(name: string, text: string | null): ByteString | undefined {
  if (text === null) return undefined;
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key === 'string') return utf8Bytes(key);
  } catch {
    // Told below, as any other value that is no string.
  }
  throw bad(`'${name}' must be a JSON string`);
}

function bad(cause: string): LabError {
  return new LabError({ code: 'input.document-query', cause, next: 'correct the parameter in the query' });
}
