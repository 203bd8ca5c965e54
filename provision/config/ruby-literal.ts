/** The values a config.rb can hold. A hash keeps its pairs in order. */
export type RubyLiteral = number | string | boolean | null | { readonly pairs: readonly (readonly [Scalar, Scalar])[] };
type Scalar = number | string | boolean | null;

export type LiteralResult = { readonly value: RubyLiteral } | { readonly problem: string };

/**
 * Reads one Ruby literal that fills `source` up to an optional trailing comment.
 * `lookup` answers `#{$name}` inside a double-quoted string from earlier assignments.
 */
export function readLiteral(source: string, lookup: (name: string) => RubyLiteral | undefined): LiteralResult {
  const cursor: Cursor = { source, at: 0, lookup };
  try {
    const value = source.startsWith('{') ? hash(cursor) : scalar(cursor);
    skipSpace(cursor);
    const rest = source.slice(cursor.at);
    if (rest !== '' && !rest.startsWith('#')) return { problem: `cannot read \`${rest}\` after the value` };
    return { value };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    throw error;
  }
}

interface Cursor {
  readonly source: string;
  at: number;
  readonly lookup: (name: string) => RubyLiteral | undefined;
}

class Unreadable extends Error {}

function skipSpace(cursor: Cursor): void {
  while (/\s/.test(cursor.source.charAt(cursor.at))) cursor.at += 1;
}

function hash(cursor: Cursor): RubyLiteral {
  const pairs: (readonly [Scalar, Scalar])[] = [];
  cursor.at += 1;
  for (;;) {
    skipSpace(cursor);
    if (take(cursor, '}')) return { pairs };
    const key = scalar(cursor);
    skipSpace(cursor);
    if (!take(cursor, '=>')) throw new Unreadable('expected `=>` between key and value');
    skipSpace(cursor);
    pairs.push([key, scalar(cursor)]);
    skipSpace(cursor);
    if (!take(cursor, ',') && cursor.source.charAt(cursor.at) !== '}') throw new Unreadable('expected `,` or `}`');
  }
}

function take(cursor: Cursor, text: string): boolean {
  if (!cursor.source.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

const words = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['nil', null],
]);

function scalar(cursor: Cursor): Scalar {
  const first = cursor.source.charAt(cursor.at);
  if (first === '"' || first === "'") return string(cursor, first);
  const token = /^[^\s,#}=]+/.exec(cursor.source.slice(cursor.at))?.[0] ?? '';
  const word = words.get(token);
  if (word === undefined && token !== 'nil') return integer(cursor, token);
  cursor.at += token.length;
  return word ?? null;
}

function integer(cursor: Cursor, token: string): number {
  if (/^-?0\d/.test(token)) throw new Unreadable(`${token} starts with 0, which Ruby reads as octal`);
  if (!/^-?\d+(_\d+)*$/.test(token)) throw new Unreadable(`cannot read \`${token || cursor.source.slice(cursor.at)}\``);
  const value = Number(token.replaceAll('_', ''));
  if (!Number.isSafeInteger(value)) throw new Unreadable(`${token} is too large`);
  cursor.at += token.length;
  return value;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', e: '\x1b', s: ' ' };

/** Single quotes know two escapes, \\ and \'. Double quotes know the usual ones and #{$name}. */
function string(cursor: Cursor, quote: string): string {
  let text = '';
  cursor.at += 1;
  while (cursor.at < cursor.source.length) {
    const char = cursor.source.charAt(cursor.at);
    if (take(cursor, quote)) return text;
    if (char === '\\') {
      text += escape(cursor, quote);
    } else if (quote === '"' && cursor.source.startsWith('#{', cursor.at)) {
      text += interpolation(cursor);
    } else {
      text += char;
      cursor.at += 1;
    }
  }
  throw new Unreadable(`a string opened by ${quote} is not closed on its line`);
}

function escape(cursor: Cursor, quote: string): string {
  const char = cursor.source.charAt(cursor.at + 1);
  cursor.at += 2;
  if (quote === "'") return char === quote || char === '\\' ? char : `\\${char}`;
  if (/[A-Za-z0-9]/.test(char) && escapes[char] === undefined) throw new Unreadable(`cannot read the escape \\${char}`);
  return escapes[char] ?? char;
}

function interpolation(cursor: Cursor): string {
  const found = /^#\{\s*(\$\w+)\s*\}/.exec(cursor.source.slice(cursor.at));
  if (!found) throw new Unreadable('only #{$name} can be put into a string');
  const [whole, name = ''] = found;
  const value = cursor.lookup(name);
  if (value === undefined || (typeof value === 'object' && value !== null)) {
    throw new Unreadable(`#{${name}} names nothing assigned above`);
  }
  cursor.at += whole.length;
  return value === null ? '' : String(value);
}
