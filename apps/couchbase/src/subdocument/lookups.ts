import type { ByteString } from '../wire/byte-string.ts';
import { statuses, type Status } from '../wire/status.ts';
import { containerAt, find, type Found } from './find.ts';
import type { Path } from './path.ts';

/** A command that reads: the JSON it answers with, or a status. @param text valid JSON */
export type Lookup = (text: ByteString, path: Path) => { readonly answer: ByteString } | Status;

/** GET: the value as it is written. */
export function get(text: ByteString, path: Path): ReturnType<Lookup> {
  const place = findOrFail(text, path);
  return typeof place === 'number' ? place : { answer: text.slice(place.start, place.end) };
}

/** EXISTS: nothing but that it is there. */
export function exists(text: ByteString, path: Path): ReturnType<Lookup> {
  const place = findOrFail(text, path);
  return typeof place === 'number' ? place : { answer: '' };
}

/** GET_COUNT: how many members an object, or elements an array has. */
export function getCount(text: ByteString, path: Path): ReturnType<Lookup> {
  const place = findOrFail(text, path);
  if (typeof place === 'number') return place;
  const container = containerAt(text, place.start);
  return container === undefined ? statuses.subdocPathMismatch : { answer: String(container.count) };
}

function findOrFail(text: ByteString, path: Path): Found | Status {
  const place = find(text, path);
  return typeof place === 'number' || place.kind === 'found' ? place : statuses.subdocPathNotFound;
}
