import type { ByteString } from '../wire/byte-string.ts';
import { statuses, type Status } from '../wire/status.ts';
import { type Edited, type EditRequest, splice } from './edit.ts';
import { find, type Missing } from './find.ts';
import type { Path } from './path.ts';
import { checkValue } from './values.ts';

/** DICT_ADD and DICT_UPSERT: a member of an object. REPLACE: a member or element that is there. Source: kv_engine, docs/SubDocument.md. */
export function store(request: EditRequest, mode: 'add' | 'upsert' | 'replace'): Edited | Status {
  const { text, path, value } = request;
  const wrong = checkValue(value, path.length);
  if (wrong !== undefined) return wrong;
  const place = find(text, path);
  if (typeof place === 'number') return place;
  if (mode !== 'replace' && typeof path.at(-1) === 'number') return statuses.subdocPathInvalid;
  if (place.kind === 'missing')
    return mode === 'replace' ? statuses.subdocPathNotFound : addMember(request, place, value);
  return mode === 'add' ? statuses.subdocPathExists : splice(text, place.start, place.end, value);
}

/** Puts what is missing of a path at the end of its deepest object, with `value` at the path's end. */
export function addMember(
  { text, path, createPath }: Pick<EditRequest, 'text' | 'path' | 'createPath'>,
  { level, container }: Missing,
  value: ByteString,
): Edited | Status {
  const missing = path.slice(level);
  if (missing.length > 1 && !createPath) return statuses.subdocPathNotFound;
  const member = memberText(missing, value);
  if (member === undefined) return statuses.subdocPathNotFound;
  return splice(text, container.close, container.close, container.count > 0 ? `,${member}` : member);
}

/** `"a":{"b":value}`; undefined when a step is into an array: nobody could say what its other elements are. */
function memberText(names: Path, value: ByteString): ByteString | undefined {
  if (names.some((name) => typeof name === 'number')) return undefined;
  return names.map((name) => `"${name}":`).join('{') + value + '}'.repeat(names.length - 1);
}

/** DELETE of a member or an element, with the comma that it leaves. */
export function remove({ text, path }: EditRequest): Edited | Status {
  const place = find(text, path);
  if (typeof place === 'number') return place;
  if (place.kind === 'missing') return statuses.subdocPathNotFound;
  const following = text.slice(place.end).search(/[,\]}]/) + place.end;
  if (text[following] === ',') return splice(text, place.memberStart, following + 1, '');
  const comma = lastComma(text, place.memberStart);
  return splice(text, comma ?? place.memberStart, place.end, '');
}

/** The comma that only white space parts from `at`. */
function lastComma(text: ByteString, at: number): number | undefined {
  let before = at - 1;
  while (/\s/.test(text.charAt(before))) before -= 1;
  return text[before] === ',' ? before : undefined;
}
