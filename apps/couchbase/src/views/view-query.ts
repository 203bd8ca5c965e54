import { LabError } from '../../../../errors/lab-error.ts';
import { parseJson, type Json } from './json.ts';

/** Options of one view query, checked. Absent keys are undefined (JSON has null of its own). */
export interface ViewQuery {
  readonly limit: number;
  readonly skip: number;
  readonly descending: boolean;
  readonly key?: Json;
  readonly keys?: readonly Json[];
  readonly startKey?: Json;
  readonly startId?: string;
  readonly endKey?: Json;
  readonly endId?: string;
  readonly inclusiveEnd: boolean;
  /** Undefined: reduce when the view can. */
  readonly reduce?: boolean;
  /** 0: one row over all; Infinity: by the whole key. */
  readonly groupLevel: number;
  readonly stale: 'ok' | 'update_after' | 'false';
  readonly debug: boolean;
}

/**
 * Reads a query from its URL parameters (Couchbase "Querying views using the REST API", both spellings of the range keys)
 * and the JSON body of a POST, of which only `keys` counts. Unknown parameters are ignored, as the real server does.
 * @throws LabError `input.view-query`
 */
export function readViewQuery(parameters: URLSearchParams, body: Json = {}): ViewQuery {
  const text = (...names: string[]) => names.map((name) => parameters.get(name)).find((value) => value !== null);
  const json = (name: string, ...others: string[]) => readJson(name, text(name, ...others));
  const flag = (name: string) => readFlag(name, text(name));
  const whole = (name: string) => readWhole(name, text(name));
  const keys = json('keys') ?? keysOf(body);
  if (keys !== undefined && !Array.isArray(keys)) throw bad('keys', 'must be a JSON array');
  const stale = text('stale') ?? 'update_after';
  if (stale !== 'ok' && stale !== 'update_after' && stale !== 'false')
    throw bad('stale', 'must be ok, update_after or false');
  return {
    limit: whole('limit') ?? Infinity,
    skip: whole('skip') ?? 0,
    descending: flag('descending') ?? false,
    ...present('key', json('key')),
    ...present('keys', keys as readonly Json[] | undefined),
    ...present('startKey', json('start_key', 'startkey')),
    ...present('startId', text('start_key_doc_id', 'startkey_docid')),
    ...present('endKey', json('end_key', 'endkey')),
    ...present('endId', text('end_key_doc_id', 'endkey_docid')),
    inclusiveEnd: flag('inclusive_end') ?? true,
    ...present('reduce', flag('reduce')),
    groupLevel: flag('group') === true ? Infinity : (whole('group_level') ?? 0),
    stale,
    debug: flag('debug') ?? false,
  };
}

function keysOf(body: Json): Json | undefined {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as { readonly keys?: Json }).keys
    : undefined;
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}

function readJson(name: string, text: string | null | undefined): Json | undefined {
  if (text === null || text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    throw bad(name, 'must be JSON');
  }
}

function readFlag(name: string, text: string | null | undefined): boolean | undefined {
  if (text === null || text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw bad(name, 'must be true or false');
  return text === 'true';
}

function readWhole(name: string, text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  if (!/^\d{1,15}$/u.test(text)) throw bad(name, 'must be a whole number, 0 or more');
  return Number(text);
}

function bad(name: string, rule: string): LabError {
  return new LabError({
    code: 'input.view-query',
    cause: `parameter ${name} ${rule}`,
    next: `correct ${name} in the query`,
  });
}
