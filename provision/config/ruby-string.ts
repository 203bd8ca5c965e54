import { UnreadableRuby, type RubyCursor } from './ruby-cursor.ts';
import { asRuby, type RubyLiteral } from './ruby-value.ts';

/** The value of a global that is assigned above, for `#{$name}`. */
export type Lookup = (name: string) => RubyLiteral | undefined;

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** A string in quotes or %q, %Q, %(), with those that stand directly behind it, which Ruby joins; undefined: none begins here. */
export function readString(cursor: RubyCursor, lookup: Lookup): string | undefined {
  let text: string | undefined;
  for (;;) {
    const part = onePart(cursor, lookup, text === undefined);
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

function onePart(cursor: RubyCursor, lookup: Lookup, mayBePercent: boolean): string | undefined {
  const start = cursor.at;
  if (cursor.take("'")) return readUntil(cursor, { open: "'", close: "'", start, expands: false, lookup });
  if (cursor.take('"')) return readUntil(cursor, { open: '"', close: '"', start, expands: true, lookup });
  const percent = mayBePercent ? cursor.match(/%([qQ]?)([^\w\s])/y) : undefined;
  if (!percent) return undefined;
  const [, kind, open = ''] = percent;
  return readUntil(cursor, { open, close: closing[open] ?? open, start, expands: kind !== 'q', lookup });
}

/** The words of %w[...] or %i[...], over lines; undefined: none begin here. */
export function readWords(
  cursor: RubyCursor,
): { kind: 'w' | 'i'; words: readonly string[]; lines: readonly number[] } | undefined {
  const start = cursor.at;
  const percent = cursor.match(/%([wWiI])([^\w\s])/y);
  if (!percent) return undefined;
  const [, letter = '', open = ''] = percent;
  const close = closing[open] ?? open;
  const words: string[] = [];
  const lines: number[] = [];
  for (;;) {
    cursor.match(/\s+/y);
    if (cursor.take(close)) return { kind: letter.toLowerCase() === 'i' ? 'i' : 'w', words, lines };
    if (cursor.done) throw new UnreadableRuby(`%${letter}${open} is not closed`, start);
    lines.push(cursor.lineNumber(cursor.at));
    let word = '';
    while (!cursor.done && !/\s/.test(cursor.char) && cursor.char !== close) {
      if (/[WI]/.test(letter) && cursor.startsWith('#{')) throw interpolated(cursor.at);
      cursor.take('\\');
      word += cursor.char;
      cursor.at += 1;
    }
    words.push(word);
  }
}

interface Quotes {
  readonly open: string;
  readonly close: string;
  /** Offset of the opening one. */
  readonly start: number;
  /** Escapes, and #{$name}. */
  readonly expands: boolean;
  readonly lookup: Lookup;
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

/** `#{$name}` and `#$name`; a # before anything else than a name is a #. */
function interpolation(cursor: RubyCursor, { lookup }: Quotes): string {
  const start = cursor.at;
  const found = cursor.match(/#(?:\{\s*(\$[A-Za-z_]\w*)\s*\}|(\$[A-Za-z_]\w*))/y);
  if (!found) {
    if (cursor.startsWith('#{') || /^#(?:@@?[A-Za-z_]|\$.)/.test(cursor.line(start))) throw interpolated(start);
    cursor.at += 1;
    return '#';
  }
  const name = found[1] ?? found[2] ?? '';
  const value = lookup(name);
  if (value === undefined) throw new UnreadableRuby(`#{${name}} names nothing assigned above`, start);
  if (value === null) return '';
  if (typeof value === 'object') return 'symbol' in value ? value.symbol : asRuby(value);
  return String(value);
}

function interpolated(offset: number): UnreadableRuby {
  return new UnreadableRuby('only #{$name} can be put into a string: Ruby code is not run', offset);
}
