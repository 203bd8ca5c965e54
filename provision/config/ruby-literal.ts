import { UnreadableRuby, type RubyCursor } from './ruby-cursor.ts';
import { readHeredoc } from './ruby-heredoc.ts';
import { readCall, readMethods } from './ruby-methods.ts';
import type { RubyScope } from './ruby-scope.ts';
import { readString, readWords } from './ruby-string.ts';
import { asRuby, type RubyArray, type RubyHash, type RubyLiteral } from './ruby-value.ts';

/**
 * Reads one operand at the cursor: number, string, heredoc, symbol, true, false, nil, array, %w, %i, hash in either syntax, over lines
 * and with comments between its parts as Ruby allows; `$name`, which is the value of that global; a variable of the environment; an
 * expression in brackets. With the methods behind it.
 * @param depth of brackets around it
 * @throws UnreadableRuby at what is none
 */
export function readLiteral(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral {
  return readMethods(cursor, bare(cursor, scope, depth));
}

function bare(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral {
  if (cursor.char === '(') return inBrackets(cursor, scope, depth);
  if (cursor.char === '{') return hash(cursor, scope, depth);
  if (cursor.char === '[') return array(cursor, scope, depth);
  if (/[-+\d]/.test(cursor.char)) return number(cursor);
  const words = readWords(cursor, scope, depth);
  if (words)
    return { items: words.words.map((word) => (words.kind === 'i' ? { symbol: word } : word)), lines: words.lines };
  const text = readHeredoc(cursor, scope) ?? readString(cursor, scope, depth);
  if (text !== undefined) return text;
  const call = readCall(cursor, scope, depth);
  return call ? call.value : (symbol(cursor, scope, depth) ?? word(cursor, scope));
}

function inBrackets(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral {
  const start = cursor.at;
  cursor.at += 1;
  cursor.skipLines();
  const value = scope.read(cursor, depth + 1);
  cursor.skipLines();
  if (cursor.take(')')) return value;
  throw cursor.done
    ? new UnreadableRuby('this `(` is not closed', start)
    : new UnreadableRuby(`expected \`)\`, not \`${cursor.rest()}\``, cursor.at);
}

function symbol(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral | undefined {
  const name = cursor.match(/:([A-Za-z_]\w*[?!]?)(?!:)/y)?.[1];
  if (name !== undefined) return { symbol: name };
  const start = cursor.at;
  if (!cursor.take(':')) return undefined;
  const text = /["']/.test(cursor.char) ? readString(cursor, scope, depth) : undefined;
  if (text === undefined) throw cannotRead(cursor, start);
  return { symbol: text };
}

function word(cursor: RubyCursor, scope: RubyScope): RubyLiteral {
  const start = cursor.at;
  const found = cursor.match(/\$?[A-Za-z_]\w*[?!]?/y)?.[0];
  if (found === 'true' || found === 'false') return found === 'true';
  if (found === 'nil') return null;
  const value = found?.startsWith('$') ? scope.global(found) : undefined;
  if (value !== undefined) return value;
  throw cannotRead(cursor, start);
}

function number(cursor: RubyCursor): number {
  const start = cursor.at;
  const token = cursor.match(/[-+]?\d(?:[eE][-+]\d|\w|\.(?=\d))*/y)?.[0];
  if (token === undefined) throw cannotRead(cursor, start);
  const sign = token.startsWith('-') ? -1 : 1;
  const digits = token.replace(/^[-+]/, '');
  if (/^0[\d_]/.test(digits)) throw new UnreadableRuby(`${token} starts with 0, which Ruby reads as octal`, start);
  const isOther = /^0(?:[xX][\da-fA-F]+(?:_[\da-fA-F]+)*|[bB][01]+(?:_[01]+)*|[oO][0-7]+(?:_[0-7]+)*)$/.test(digits);
  const isDecimal = /^\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][-+]?\d+)?$/.test(digits);
  if (!isOther && !isDecimal) throw cannotRead(cursor, start);
  const value = Number(digits.replaceAll('_', '')) * sign;
  if (!/[.eE]/.test(digits) && !Number.isSafeInteger(value)) throw new UnreadableRuby(`${token} is too large`, start);
  return value === 0 ? 0 : value;
}

function array(cursor: RubyCursor, scope: RubyScope, depth: number): RubyArray {
  const items: RubyLiteral[] = [];
  const lines: number[] = [];
  members(cursor, ']', () => {
    lines.push(cursor.lineNumber(cursor.at));
    items.push(scope.read(cursor, depth + 1));
  });
  return { items, lines };
}

function hash(cursor: RubyCursor, scope: RubyScope, depth: number): RubyHash {
  // Of two pairs with one key, the value of the second stands in the place of the first.
  const pairs = new Map<string, { pair: readonly [RubyLiteral, RubyLiteral]; line: number }>();
  members(cursor, '}', () => {
    const line = cursor.lineNumber(cursor.at);
    const key = hashKey(cursor, scope, depth);
    cursor.skipLines();
    pairs.set(asRuby(key), { pair: [key, scope.read(cursor, depth + 1)], line });
  });
  return { pairs: [...pairs.values()].map(({ pair }) => pair), lines: [...pairs.values()].map(({ line }) => line) };
}

/** With what stands between key and value: `name:`, `"name":` or `key =>`. */
function hashKey(cursor: RubyCursor, scope: RubyScope, depth: number): RubyLiteral {
  const label = cursor.match(/([A-Za-z_]\w*[?!]?):(?!:)/y)?.[1];
  if (label !== undefined) return { symbol: label };
  const isText = /["']/.test(cursor.char);
  const key = readLiteral(cursor, scope, depth + 1);
  if (isText && typeof key === 'string' && cursor.match(/:(?!:)/y)) return { symbol: key };
  cursor.skipLines();
  if (!cursor.take('=>')) throw new UnreadableRuby('expected `=>` between key and value', cursor.at);
  return key;
}

/** What stands between an opening bracket at the cursor and its closing one. */
function members(cursor: RubyCursor, close: string, read: () => void): void {
  const start = cursor.at;
  const open = cursor.char;
  const expected = (): UnreadableRuby =>
    cursor.done
      ? new UnreadableRuby(`expected \`,\` or \`${close}\`: this \`${open}\` is not closed`, start)
      : new UnreadableRuby(`expected \`,\` or \`${close}\`, not \`${cursor.rest()}\``, cursor.at);
  cursor.at += 1;
  for (;;) {
    cursor.skipLines();
    if (cursor.take(close)) return;
    if (cursor.done) throw expected();
    read();
    cursor.skipLines();
    if (!cursor.take(',') && cursor.char !== close) throw expected();
  }
}

function cannotRead(cursor: RubyCursor, start: number): UnreadableRuby {
  return new UnreadableRuby(`cannot read \`${cursor.line(start).trim()}\``, start);
}
