import { RubyCursor, UnreadableRuby } from './ruby-cursor.ts';
import { toText } from './ruby-methods.ts';
import type { RubyScope } from './ruby-scope.ts';
import type { RubyLiteral } from './ruby-value.ts';

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** A string in quotes or %q, %Q, %(), with those that stand directly behind it, which Ruby joins; undefined: none begins here. */
export function readString(cursor: RubyCursor, scope: RubyScope, depth: number): string | undefined {
  let text: string | undefined;
  for (;;) {
    const part = onePart(cursor, { scope, depth }, text === undefined);
    if (part === undefined) return text;
    text = (text ?? '') + part;
    const end = cursor.at;
    cursor.skipBlanks();
    if (cursor.char !== '"' && cursor.char !== "'") {
      cursor.at = end;
      return text;
    }
  }
}

function onePart(cursor: RubyCursor, within: Within, mayBePercent: boolean): string | undefined {
  const start = cursor.at;
  if (cursor.take("'")) return readUntil(cursor, { open: "'", close: "'", start, expands: false, ...within });
  if (cursor.take('"')) return readUntil(cursor, { open: '"', close: '"', start, expands: true, ...within });
  const percent = mayBePercent ? cursor.match(/%([qQ]?)([^\w\s])/y) : undefined;
  if (!percent) return undefined;
  const [, kind, open = ''] = percent;
  return readUntil(cursor, { open, close: closing[open] ?? open, start, expands: kind !== 'q', ...within });
}

/** The words of %w[...] or %i[...], over lines; undefined: none begin here. */
export function readWords(
  cursor: RubyCursor,
  scope: RubyScope,
  depth: number,
): { kind: 'w' | 'i'; words: readonly string[]; lines: readonly number[] } | undefined {
  const start = cursor.at;
  const percent = cursor.match(/%([wWiI])([^\w\s])/y);
  if (!percent) return undefined;
  const [, letter = '', open = ''] = percent;
  const close = closing[open] ?? open;
  const words: string[] = [];
  const lines: number[] = [];
  // Brackets of the same kind may stand in pairs within, also over several words.
  let inner = 0;
  for (;;) {
    cursor.match(/\s+/y);
    if (inner === 0 && cursor.take(close)) return { kind: letter.toLowerCase() === 'i' ? 'i' : 'w', words, lines };
    if (cursor.done) throw new UnreadableRuby(`%${letter}${open} is not closed`, start);
    lines.push(cursor.lineNumber(cursor.at));
    let word = '';
    while (!cursor.done && !/\s/.test(cursor.char) && (cursor.char !== close || inner > 0)) {
      if (/[WI]/.test(letter) && /^#[{$@]/.test(cursor.text.slice(cursor.at, cursor.at + 2))) {
        word += interpolation(cursor, { scope, depth });
        continue;
      }
      if (!cursor.take('\\') && open !== close) inner += cursor.char === open ? 1 : cursor.char === close ? -1 : 0;
      word += cursor.char;
      cursor.at += 1;
    }
    words.push(word);
  }
}

/** Where a string stands. */
interface Within {
  readonly scope: RubyScope;
  /** Of brackets around it. */
  readonly depth: number;
}

interface Quotes extends Within {
  readonly open: string;
  readonly close: string;
  /** Offset of the opening one. */
  readonly start: number;
  /** Escapes, and #{}. */
  readonly expands: boolean;
}

/**
 * A text with its escapes and #{} replaced.
 * @param offsetOf a line of the text, from 1, in the file
 */
export function readToEnd(text: string, scope: RubyScope, offsetOf: (line: number) => number): string {
  const cursor = new RubyCursor(text);
  let read = '';
  try {
    while (!cursor.done) {
      if (cursor.char === '\\') read += richEscape(cursor);
      else if (/^#[{$@]/.test(text.slice(cursor.at, cursor.at + 2))) read += interpolation(cursor, { scope, depth: 0 });
      else read += text.charAt(cursor.at++);
      if (cursor.text !== text) throw new UnreadableRuby('a heredoc cannot begin within another one', cursor.at);
    }
  } catch (error) {
    if (error instanceof UnreadableRuby)
      throw new UnreadableRuby(error.message, offsetOf(cursor.lineNumber(error.offset)));
    throw error;
  }
  return read;
}

function readUntil(cursor: RubyCursor, quotes: Quotes): string {
  const { open, close, start, expands } = quotes;
  let text = '';
  let depth = 0;
  while (!cursor.done && cursor.char !== '\n') {
    if (cursor.char === close && depth === 0) {
      cursor.at += 1;
      return text;
    }
    if (cursor.char === '\\') text += expands ? richEscape(cursor) : plainEscape(cursor, quotes);
    else if (expands && /^#[{$@]/.test(cursor.text.slice(cursor.at, cursor.at + 2)))
      text += interpolation(cursor, quotes);
    else {
      if (open !== close) depth += cursor.char === open ? 1 : cursor.char === close ? -1 : 0;
      text += cursor.char;
      cursor.at += 1;
    }
  }
  throw new UnreadableRuby(`a string opened by ${open} is not closed on its line`, start);
}

/** Single quotes know two escapes, \\ and the quote itself. */
function plainEscape(cursor: RubyCursor, { open, close }: Quotes): string {
  const char = cursor.text.charAt(cursor.at + 1);
  cursor.at += 2;
  return char === open || char === close || char === '\\' ? char : `\\${char}`;
}

const named: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '\x1b',
  s: ' ',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

function richEscape(cursor: RubyCursor): string {
  const start = cursor.at;
  const number = cursor.match(/\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/y);
  if (number) {
    const [, unicode, braced, hex, octal] = number;
    const code = octal === undefined ? parseInt(unicode ?? braced ?? hex ?? '', 16) : parseInt(octal, 8);
    if (code <= 0x10_ff_ff) return String.fromCodePoint(code);
  }
  cursor.at = start + 2;
  const char = cursor.text.charAt(start + 1);
  const meant = named[char];
  if (/[uxMCc]/.test(char)) throw new UnreadableRuby(`cannot read the escape \\${char}`, start);
  return meant ?? char;
}

/** `#{value}` and `#$name`; a # before anything else than a name is a #. */
function interpolation(cursor: RubyCursor, { scope, depth }: Within): string {
  const start = cursor.at;
  if (cursor.take('#{')) {
    cursor.skipLines();
    const value = known(cursor, scope, depth);
    cursor.skipLines();
    if (!cursor.take('}'))
      throw new UnreadableRuby(`\`${cursor.line(start).trim()}\`: #{} holds more than a value`, start);
    return toText(value);
  }
  const name = cursor.match(/#(\$[A-Za-z_]\w*)/y)?.[1];
  if (name !== undefined) {
    const value = scope.global(name);
    if (value === undefined) throw namesNothing(name, start);
    return toText(value);
  }
  if (/^#(?:@@?[A-Za-z_]|\$.)/.test(cursor.line(start)))
    throw new UnreadableRuby('only #$name and #{value} can be put into a string: Ruby code is not run', start);
  cursor.at += 1;
  return '#';
}

function known(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral {
  const name = /^\$[A-Za-z_]\w*/.exec(cursor.line(cursor.at))?.[0];
  if (name !== undefined && scope.global(name) === undefined) throw namesNothing(name, cursor.at);
  return scope.read(cursor, depth + 1);
}

function namesNothing(name: string, offset: number): UnreadableRuby {
  return new UnreadableRuby(`#{${name}} names nothing assigned above`, offset);
}
