import type { Item } from './messages.ts';

/** The arguments of a map function, both as JSON text, and the document's id. Source: Couchbase "Writing views", the map function. */
export interface MapInput {
  readonly id: string;
  readonly doc: string;
  readonly meta: string;
}

/** `doc` is the value when that is JSON, and its base64 text otherwise. */
export function mapInput(item: Item & { readonly value: Uint8Array }): MapInput {
  const value = Buffer.from(item.value.buffer, item.value.byteOffset, item.value.byteLength);
  const text = value.toString('utf8');
  const json = isJson(text);
  const id = Buffer.from(item.source, 'latin1').toString('utf8');
  const { rev, expiration, flags } = item;
  return {
    id,
    doc: json ? text : JSON.stringify(value.toString('base64')),
    meta: JSON.stringify({ id, rev, expiration, flags, type: json ? 'json' : 'base64' }),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
