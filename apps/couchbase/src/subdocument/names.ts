import { utf8Bytes, utf8Text, type ByteString } from '../wire/byte-string.ts';

const quote = 0x22;
const backslash = 0x5c;

/** A name as it stands between quotes, without its escapes: the UTF-8 bytes that it means. */
export function unescapedName(written: ByteString): ByteString {
  return written.includes('\\') ? utf8Bytes(JSON.parse(`"${utf8Text(written)}"`) as string) : written;
}

/** Does the string that begins with the quote at `at` mean these bytes? It can be written in several ways. @param text valid JSON */
export function means(text: ByteString, at: number, bytes: ByteString): boolean {
  let matched = 0;
  for (let next = at + 1; ;) {
    const char = text.charCodeAt(next);
    if (char === quote) return matched === bytes.length;
    if (char !== backslash) {
      if (bytes.charCodeAt(matched) !== char) return false;
      matched += 1;
      next += 1;
      continue;
    }
    const escape = readEscape(text, next);
    if (!bytes.startsWith(escape.bytes, matched)) return false;
    matched += escape.bytes.length;
    next = escape.end;
  }
}

interface Escape {
  readonly bytes: ByteString;
  readonly end: number;
}

const shortEscapes: Readonly<Record<string, ByteString>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function readEscape(text: ByteString, at: number): Escape {
  const kind = text.charAt(at + 1);
  if (kind !== 'u') return { bytes: shortEscapes[kind] ?? kind, end: at + 2 };
  const unit = hexUnit(text, at);
  const second = isHighSurrogate(unit) && text.startsWith('\\u', at + 6) ? hexUnit(text, at + 6) : undefined;
  if (second !== undefined && isLowSurrogate(second))
    return { bytes: utf8Bytes(String.fromCharCode(unit, second)), end: at + 12 };
  return { bytes: unit < 0x80 ? String.fromCharCode(unit) : utf8Bytes(String.fromCharCode(unit)), end: at + 6 };
}

function hexUnit(text: ByteString, at: number): number {
  return Number.parseInt(text.slice(at + 2, at + 6), 16);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
