import { isUtf8 } from 'node:buffer';
import { toBytes, type ByteString } from '../wire/byte-string.ts';

/** Deeper texts count as no JSON: nothing here could do anything with them. */
const deepest = 65_535;

const quote = 0x22;
const backslash = 0x5c;

/**
 * How deeply the arrays and objects of a JSON text are nested (0 for a scalar), or -1 when it is no JSON (RFC 8259, UTF-8). One pass
 * without a copy: a parser would make objects of many times the text's size of what a client sent.
 */
export function jsonDepth(text: ByteString): number {
  const end = new JsonCheck(text).whole();
  if (end < 0) return -1;
  return isAscii(text) || isUtf8(toBytes(text)) ? end : -1;
}

function isAscii(text: ByteString): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** The check itself: a cursor, and the open containers. */
class JsonCheck {
  readonly #text: ByteString;
  #at = 0;
  /** For each open container, whether it is an object. */
  readonly #open: boolean[] = [];

  constructor(text: ByteString) {
    this.#text = text;
  }

  /** Depth, or -1. */
  whole(): number {
    let depth = 0;
    for (;;) {
      this.#skipSpace();
      const opened = this.#openContainer();
      if (opened) {
        depth = Math.max(depth, this.#open.length);
        if (depth > deepest) return -1;
        if (!this.#closesAtOnce()) {
          if (!this.#nameIfInObject()) return -1;
          continue;
        }
      } else if (!this.#scalar()) return -1;
      const next = this.#afterValue();
      if (next !== 'value') return next === 'end' ? depth : -1;
    }
  }

  /** What follows a value: closes what ends here. */
  #afterValue(): 'value' | 'end' | 'wrong' {
    for (;;) {
      this.#skipSpace();
      const inObject = this.#open.at(-1);
      if (inObject === undefined) return this.#at === this.#text.length ? 'end' : 'wrong';
      const char = this.#text.charCodeAt(this.#at++);
      if (char === 0x2c) return this.#nameIfInObject() ? 'value' : 'wrong';
      if (char !== (inObject ? 0x7d : 0x5d)) return 'wrong';
      this.#open.pop();
    }
  }

  #openContainer(): boolean {
    const char = this.#text.charCodeAt(this.#at);
    if (char !== 0x7b && char !== 0x5b) return false;
    this.#open.push(char === 0x7b);
    this.#at += 1;
    return true;
  }

  #closesAtOnce(): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== (this.#open.at(-1) === true ? 0x7d : 0x5d)) return false;
    this.#open.pop();
    this.#at += 1;
    return true;
  }

  #nameIfInObject(): boolean {
    if (this.#open.at(-1) !== true) return true;
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== quote || !this.#string()) return false;
    this.#skipSpace();
    return this.#text.charCodeAt(this.#at++) === 0x3a;
  }

  #scalar(): boolean {
    const char = this.#text.charCodeAt(this.#at);
    if (char === quote) return this.#string();
    if (char === 0x74) return this.#word('true');
    if (char === 0x66) return this.#word('false');
    if (char === 0x6e) return this.#word('null');
    return this.#number();
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #number(): boolean {
    const text = this.#text;
    let at = text.charCodeAt(this.#at) === 0x2d ? this.#at + 1 : this.#at;
    const whole = at;
    at = skipDigits(text, at);
    if (at === whole || (text.charCodeAt(whole) === 0x30 && at > whole + 1)) return false;
    if (text.charCodeAt(at) === 0x2e) {
      const fraction = at + 1;
      at = skipDigits(text, fraction);
      if (at === fraction) return false;
    }
    if ((text.charCodeAt(at) | 0x20) === 0x65) {
      const sign = text.charCodeAt(at + 1);
      const exponent = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
      at = skipDigits(text, exponent);
      if (at === exponent) return false;
    }
    this.#at = at;
    return true;
  }

  #string(): boolean {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === quote) {
        this.#at = at + 1;
        return true;
      }
      if (char < 0x20) return false;
      if (char !== backslash) continue;
      at += 1;
      const escaped = text[at] ?? '';
      if (escaped === 'u') {
        if (!hexPattern.test(text.slice(at + 1, at + 5))) return false;
        at += 4;
      } else if (!'"\\/bfnrt'.includes(escaped) || escaped === '') return false;
    }
    return false;
  }

  #skipSpace(): void {
    this.#at = skipSpace(this.#text, this.#at);
  }
}

const hexPattern = /^[0-9a-fA-F]{4}$/;

function skipDigits(text: ByteString, at: number): number {
  for (let next = at; ; next++) {
    const char = text.charCodeAt(next);
    if (!(char >= 0x30 && char <= 0x39)) return next;
  }
}

/** Where the white space that begins at `at` ends. */
export function skipSpace(text: ByteString, at: number): number {
  for (let next = at; ; next++) {
    const char = text.charCodeAt(next);
    if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return next;
  }
}
