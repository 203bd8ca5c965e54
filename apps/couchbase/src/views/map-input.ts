import type { Document } from '../bucket/document.ts';

/** What a map function gets as `meta`. Source: Couchbase "Writing views", the map function. */
export interface MapMeta {
  readonly id: string;
  readonly rev: string;
  readonly expiration: number;
  readonly flags: number;
  readonly type: 'json' | 'base64';
}

/** The arguments of a map function for a document: `doc` as JSON text (base64 text in quotes when it is not JSON) and `meta`. */
export function mapInput(document: Document): readonly [doc: string, meta: MapMeta] {
  const text = document.value.toString('utf8');
  const json = isJson(text);
  const meta: MapMeta = {
    id: document.key.toString('utf8'),
    rev: `${document.seqno}-${hex(document.cas, 16)}${hex(document.expiry, 8)}${hex(document.flags, 8)}`,
    expiration: document.expiry,
    flags: document.flags,
    type: json ? 'json' : 'base64',
  };
  return [json ? text : JSON.stringify(document.value.toString('base64')), meta];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function hex(value: bigint | number, width: number): string {
  return value.toString(16).padStart(width, '0');
}
