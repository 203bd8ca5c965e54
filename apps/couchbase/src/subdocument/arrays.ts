import type { ByteString } from '../wire/byte-string.ts';
import { statuses, type Status } from '../wire/status.ts';
import { addMember } from './dictionary.ts';
import { type Edited, type EditRequest, splice } from './edit.ts';
import { containerAt, find, members, type Container, type Missing } from './find.ts';
import { skipSpace } from './json-depth.ts';
import { checkElements } from './values.ts';

/** ARRAY_PUSH_FIRST and ARRAY_PUSH_LAST: elements at an end of an array. Source: kv_engine, docs/SubDocument.md. */
export function push(request: EditRequest, side: 'first' | 'last'): Edited | Status {
  const { text, path, value } = request;
  const wrong = checkElements(value, path.length + 1);
  if (wrong !== undefined) return wrong;
  const array = findArray(request);
  if (typeof array === 'number') return array;
  if (array.kind === 'missing') return newArray(request, array);
  return side === 'first' ? insertFirst(text, array, value) : insertLast(text, array, value);
}

/** ARRAY_ADD_UNIQUE: a scalar, unless the array has it, compared as it is written. */
export function addUnique(request: EditRequest): Edited | Status {
  const { text, path } = request;
  const value = request.value.trim();
  const wrong = checkElements(value, path.length + 1);
  if (wrong !== undefined) return wrong;
  if (!isOneScalar(value)) return statuses.subdocValueCannotInsert;
  const array = findArray(request);
  if (typeof array === 'number') return array;
  if (array.kind === 'missing') return newArray(request, array);
  for (const { start, end } of members(text, array.start)) {
    if (text[start] === '{' || text[start] === '[') return statuses.subdocPathMismatch;
    if (text.slice(start, end) === value) return statuses.subdocPathExists;
  }
  return insertLast(text, array, value);
}

/** ARRAY_INSERT: elements before the one that the path names, or behind the last. */
export function insert(request: EditRequest): Edited | Status {
  const { text, path, value } = request;
  const wrong = checkElements(value, path.length);
  if (wrong !== undefined) return wrong;
  const index = path.at(-1);
  if (typeof index !== 'number' || index < 0) return statuses.subdocPathInvalid;
  const place = find(text, path);
  if (typeof place === 'number') return place;
  if (place.kind === 'found') return splice(text, place.start, place.start, `${value},`);
  const { level, container } = place;
  if (level < path.length - 1 || index !== container.count) return statuses.subdocPathNotFound;
  return insertLast(text, container, value);
}

type FoundArray = Container & { readonly kind: 'array' };

function findArray({ text, path }: EditRequest): FoundArray | Missing | Status {
  const place = find(text, path);
  if (typeof place === 'number' || place.kind === 'missing') return place;
  const container = containerAt(text, place.start);
  if (container === undefined || container.isObject) return statuses.subdocPathMismatch;
  return { kind: 'array', isObject: false, start: container.start, close: container.close, count: container.count };
}

function newArray(request: EditRequest, missing: Missing): Edited | Status {
  // Also the array itself counts as a step of the path: only `createPath` makes it.
  if (!request.createPath) return statuses.subdocPathNotFound;
  return addMember(request, missing, `[${request.value}]`);
}

function insertFirst(text: ByteString, { start, count }: Container, value: ByteString): Edited {
  const at = count === 0 ? start + 1 : skipSpace(text, start + 1);
  return splice(text, at, at, count === 0 ? value : `${value},`);
}

function insertLast(text: ByteString, { close, count }: Container, value: ByteString): Edited {
  return splice(text, close, close, count === 0 ? value : `,${value}`);
}

function isOneScalar(elements: ByteString): boolean {
  const [first, ...others] = [...members(`[${elements}]`, 0)];
  return first !== undefined && others.length === 0 && !/^[[{]/.test(elements);
}
