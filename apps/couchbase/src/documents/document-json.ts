import { isUtf8 } from 'node:buffer';
import type { Document } from '../bucket/document.ts';
import { toBytes, utf8Text } from '../wire/byte-string.ts';
import { revisionOf } from './revision.ts';

/** Values beyond this are believed to be what their flags say, bytes: reading one takes the server's only thread. */
const parsedBytes = 1024 * 1024;

/** Common flags of SDKs (RFC 20): the format is in the highest byte, 2 is JSON. */
const jsonFormat = 2;
export const jsonFlags = 0x0200_0006;

/** A value as text of JSON, or as bytes. */
export type ValueJson = { readonly json: string } | { readonly base64: string };

export interface DocumentJson {
  readonly meta: { readonly id: string; readonly rev: string; readonly expiration: number; readonly flags: number };
  /** The user's attributes; the system's, whose names begin with `_`, are not shown. */
  readonly xattrs: Readonly<Record<string, unknown>>;
}

/** A document as `/docs/KEY` shows it (capi_utils:couch_doc_to_json, unparsed): JSON comes as the text it is. */
export function documentJson(document: Document): DocumentJson & ValueJson {
  const { key, expiry, flags } = document;
  const meta = { id: utf8Text(key), rev: revisionOf(document), expiration: expiry, flags };
  const value = valueJson(document);
  const xattrs = userXattrs(document);
  return 'json' in value ? { meta, json: value.json, xattrs } : { meta, base64: value.base64, xattrs };
}

function userXattrs({ xattrs }: Document): Readonly<Record<string, unknown>> {
  if (xattrs === '') return {};
  const all = JSON.parse(utf8Text(xattrs)) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('_')));
}

/** The whole value, as JSON text where it is JSON by its flags and its bytes, else as base64. Pure. */
export function valueJson({ value, flags }: Document): ValueJson {
  const bytes = toBytes(value);
  return isJson(bytes, flags) ? { json: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
}

/** The beginning of a value, for lists: `text` is left out where it is no text. */
export interface ValuePreview {
  readonly text?: string;
  /** Size of the whole value, bytes. */
  readonly bytes: number;
  readonly rev: string;
  readonly expiration: number;
}

/** @param characters of the text, at most */
export function valuePreview(document: Document, characters: number): ValuePreview {
  const { value, expiry } = document;
  const facts = { bytes: value.length, rev: revisionOf(document), expiration: expiry };
  // Up to 4 bytes a character; a last one that is cut in two is not shown.
  const text = utf8Text(value.slice(0, 4 * characters + 4)).slice(0, characters);
  return text.includes('\uFFFD') ? facts : { text, ...facts };
}

function isJson(value: Buffer, flags: number): boolean {
  if (!isUtf8(value)) return false;
  if (value.length > parsedBytes) return flags >>> 24 === jsonFormat;
  try {
    JSON.parse(value.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
