import type { ByteString } from '../wire/byte-string.ts';
import { statuses, type Status } from '../wire/status.ts';
import { skipSpace } from './json-depth.ts';
import { means, unescapedName } from './names.ts';
import type { Component, Path } from './path.ts';

/** A value in a text: `text.slice(start, end)`. */
export interface Found {
  readonly kind: 'found';
  readonly start: number;
  readonly end: number;
  /** Where its member begins: at the name in an object, at the value itself in an array. */
  readonly memberStart: number;
}

/** The deepest value that is there of a path: an object or array that lacks the component `path[level]`. */
export interface Missing {
  readonly kind: 'missing';
  readonly level: number;
  readonly container: Container;
}

/** An object or array in a text, with the number of its members. */
export interface Container {
  readonly isObject: boolean;
  readonly start: number;
  /** Its closing bracket. */
  readonly close: number;
  readonly count: number;
}

/** Looks a path up in a JSON text; a status when the path treats a value as what it is not. @param text valid JSON */
export function find(text: ByteString, path: Path): Found | Missing | Status {
  let start = skipSpace(text, 0);
  let memberStart = start;
  for (const [level, component] of path.entries()) {
    const opening = text[start];
    if (opening !== (typeof component === 'number' ? '[' : '{')) return statuses.subdocPathMismatch;
    const member = findMember(text, start, component);
    if ('count' in member) return { kind: 'missing', level, container: member };
    ({ start, memberStart } = member);
  }
  return { kind: 'found', start, end: endOfValue(text, start), memberStart };
}

/** The object or array that begins at `start`, with its members counted; undefined when it is neither. */
export function containerAt(text: ByteString, start: number): Container | undefined {
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return undefined;
  let count = 0;
  let close = skipSpace(text, start + 1);
  for (const member of members(text, start)) {
    count += 1;
    close = skipSpace(text, member.end);
  }
  return { isObject, start, close, count };
}

/** Where a member begins, at its name if it has one, and where its value does. */
interface Place {
  readonly memberStart: number;
  readonly start: number;
}

export interface Member extends Place {
  readonly end: number;
}

/** Members of the object or array that begins at `start`, in their order. */
export function* members(text: ByteString, start: number): Generator<Member> {
  const isObject = text[start] === '{';
  for (let at = firstMember(text, start); !isClose(text, at);) {
    const value = isObject ? behindName(text, at) : at;
    const end = endOfValue(text, value);
    yield { memberStart: at, start: value, end };
    at = nextMember(text, end);
  }
}

function findMember(text: ByteString, start: number, component: Component): Place | Container {
  const isObject = text[start] === '{';
  const name = typeof component === 'number' ? '' : unescapedName(component);
  let count = 0;
  let last: Place | undefined;
  let at = firstMember(text, start);
  for (; !isClose(text, at); count += 1) {
    last = { memberStart: at, start: isObject ? behindName(text, at) : at };
    // Before the end of the value is looked for: on a deep path that would be all of the rest, again and again.
    if (isObject ? means(text, at, name) : count === component) return last;
    at = nextMember(text, endOfValue(text, last.start));
  }
  return component === -1 && last !== undefined ? last : { isObject, start, close: at, count };
}

function firstMember(text: ByteString, start: number): number {
  return skipSpace(text, start + 1);
}

/** Where the member behind a value begins, or the container's closing bracket is. */
function nextMember(text: ByteString, end: number): number {
  const at = skipSpace(text, end);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}

function isClose(text: ByteString, at: number): boolean {
  const char = text.charCodeAt(at);
  return char === 0x5d || char === 0x7d;
}

function behindName(text: ByteString, memberStart: number): number {
  return skipSpace(text, skipSpace(text, endOfString(text, memberStart)) + 1);
}

/** Behind the quote that ends the string at `at`. */
export function endOfString(text: ByteString, at: number): number {
  for (let end = text.indexOf('"', at + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}

/** Behind the value at `start`. */
function endOfValue(text: ByteString, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '{' && first !== '[') return endOfScalar(text, start);
  let depth = 0;
  for (let at = start; ;) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      at = endOfString(text, at);
      continue;
    }
    if (char === 0x7b || char === 0x5b) depth += 1;
    else if (char === 0x7d || char === 0x5d) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
}

function endOfScalar(text: ByteString, start: number): number {
  for (let at = start; ; at++) {
    const char = text.charCodeAt(at);
    // NaN behind the end of the text is none of these either.
    if (!(char > 0x20 && char !== 0x2c && char !== 0x5d && char !== 0x7d)) return at;
  }
}
