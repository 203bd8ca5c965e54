/** A JSON text's value, and the offset of every value in it by its path (`storage.files.0`; the root is ''). */
export interface PlacedJson {
  readonly value: unknown;
  readonly offsets: ReadonlyMap<string, number>;
}

/** Text that is no JSON; `offset` is the character where that shows. */
export class JsonProblem extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Reads JSON (RFC 8259) and remembers where every value stands, which JSON.parse cannot tell; a key given twice is an error.
 * @throws JsonProblem with the offset of the first character that does not fit
 */
export function readJson(text: string): PlacedJson {
  const reader = new Reader(text);
  const value = reader.value([]);
  reader.end();
  return { value, offsets: reader.offsets };
}

/** Path of an object's key, as `offsets` has it. */
export function offsetKey(path: readonly (string | number)[]): string {
  return path.map((part) => String(part).replace(/[~.]/g, (c) => (c === '~' ? '~0' : '~1'))).join('.');
}

/** 1-based line and column of an offset. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Deeper nesting is no config, and recursion must end. */
const deepest = 64;

class Reader {
  readonly offsets = new Map<string, number>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(path: readonly (string | number)[]): unknown {
    this.#space();
    const start = this.#at;
    if (path.length > deepest) throw new JsonProblem('nested too deeply', start);
    if (!this.offsets.has(offsetKey(path))) this.offsets.set(offsetKey(path), start);
    const first = this.#text.charAt(start);
    if (first === '{') return this.#object(path);
    if (first === '[') return this.#array(path);
    if (first === '"') return this.#string();
    return this.#word();
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('nothing more');
  }

  #object(path: readonly (string | number)[]): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    this.#at += 1;
    this.#space();
    if (this.#take('}')) return {};
    do {
      this.#space();
      const start = this.#at;
      if (this.#text.charAt(start) !== '"') throw this.#unexpected('a key in double quotes');
      const key = this.#string();
      if (entries.has(key)) throw new JsonProblem(`key ${JSON.stringify(key)} stands twice in one object`, start);
      this.offsets.set(offsetKey([...path, key]), start);
      this.#space();
      if (!this.#take(':')) throw this.#unexpected('`:`');
      entries.set(key, this.value([...path, key]));
      this.#space();
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#unexpected('`,` or `}`');
    return Object.fromEntries(entries);
  }

  #array(path: readonly (string | number)[]): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    this.#space();
    if (this.#take(']')) return items;
    do {
      items.push(this.value([...path, items.length]));
      this.#space();
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#unexpected('`,` or `]`');
    return items;
  }

  #string(): string {
    const match = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.#text)?.[0];
    if (found === undefined)
      throw new JsonProblem('a string is not closed, or holds a bad escape or line break', this.#at);
    this.#at += found.length;
    return JSON.parse(found) as string;
  }

  #word(): unknown {
    const match = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.#text)?.[0];
    if (found === undefined) throw this.#octal() ?? this.#unexpected('a value');
    this.#at += found.length;
    return JSON.parse(found) as unknown;
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #take(char: string): boolean {
    if (this.#text.charAt(this.#at) !== char) return false;
    this.#at += 1;
    return true;
  }

  #octal(): JsonProblem | undefined {
    const digits = /^0[0-7]+(?![\w.])/.exec(this.#text.slice(this.#at, this.#at + 32))?.[0];
    if (digits === undefined) return undefined;
    return new JsonProblem(`JSON has no octal numbers: ${digits} is ${parseInt(digits, 8)}`, this.#at);
  }

  #unexpected(wanted: string): JsonProblem {
    const rest = this.#text.slice(this.#at, this.#at + 1);
    if (/^(?:#|\/[/*])/.test(this.#text.slice(this.#at, this.#at + 2)))
      return new JsonProblem('JSON has no comments: take this one out', this.#at);
    if (/[}\]]/.test(rest) && /,\s*$/.test(this.#text.slice(0, this.#at)))
      return new JsonProblem(`a comma stands before this ${rest}: take it out`, this.#at);
    const given = rest === '' ? 'the file ends' : `${JSON.stringify(rest)} stands there`;
    return new JsonProblem(`expected ${wanted}, but ${given}`, this.#at);
  }
}
