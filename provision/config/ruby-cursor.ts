/** What is not read, and the offset of it. */
export class UnreadableRuby extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A place in a Ruby text that moves on. Line breaks are \n. */
export class RubyCursor {
  at = 0;
  #text: string;
  /** The line break behind which lines were taken, and the offset behind those. */
  #below = { from: -1, to: 0 };

  constructor(text: string) {
    this.#text = text;
  }

  /** With the lines that `takeLinesBelow` took as comments: offsets and line numbers stay. */
  get text(): string {
    return this.#text;
  }

  /** It stands behind the last character. */
  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The character it stands before; empty at the end. */
  get char(): string {
    return this.text.charAt(this.at);
  }

  /** Whether it stands before this text, which may be the beginning of a longer word. */
  startsWith(word: string): boolean {
    return this.text.startsWith(word, this.at);
  }

  /** Steps over this text if it stands before it. @returns whether it did */
  take(word: string): boolean {
    if (!this.startsWith(word)) return false;
    this.at += word.length;
    return true;
  }

  /** Takes what a sticky pattern finds here. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.at += found[0].length;
    return found;
  }

  /** Space within a line, and a line break that a backslash takes away. */
  skipBlanks(): void {
    this.match(/(?:[ \t\f\v\r]|\\\n)*/y);
  }

  /** Space, line breaks, comments and =begin blocks: what may stand anywhere between the parts of a value. */
  skipLines(): void {
    for (;;) {
      this.match(/(?:[ \t\f\v\r\n]|\\\n)*/y);
      if (this.char === '#') this.match(/[^\n]*/y);
      else if (!this.skipBlockComment()) return;
    }
  }

  /** True when one began here. */
  skipBlockComment(): boolean {
    if (!this.atLineStart || !/^=begin(?:\s|$)/.test(this.line(this.at))) return false;
    const end = /^=end(?:[^\S\n].*)?$/m.exec(this.text.slice(this.at));
    if (!end) throw new UnreadableRuby('this block has no closing =end', this.at);
    this.at += end.index + end[0].length;
    return true;
  }

  /** It stands at the beginning of a line, spaces not stepped over. */
  get atLineStart(): boolean {
    return this.at === 0 || this.text.charAt(this.at - 1) === '\n';
  }

  /** The text from an offset to the end of its line. */
  line(offset: number): string {
    const end = this.text.indexOf('\n', offset);
    return this.text.slice(offset, end < 0 ? undefined : end);
  }

  /** From here to the end of the line. */
  rest(): string {
    return this.line(this.at).trim();
  }

  /**
   * The lines below the cursor's, or below those that were taken for something on the same line, up to the first that is `last`; they
   * are comments afterwards. Undefined: no line is the last.
   */
  takeLinesBelow(last: (line: string) => boolean): { lines: string[]; offsets: number[] } | undefined {
    const lineBreak = this.#text.indexOf('\n', this.at);
    const lines: string[] = [];
    const offsets: number[] = [];
    let at = lineBreak === this.#below.from ? this.#below.to : lineBreak + 1;
    const first = at;
    while (lineBreak >= 0 && at < this.#text.length) {
      const line = this.line(at);
      const next = at + line.length + 1;
      if (last(line)) {
        const hidden = this.#text.slice(first, next).replace(/[^\n]/g, '#');
        this.#text = this.#text.slice(0, first) + hidden + this.#text.slice(first + hidden.length);
        this.#below = { from: lineBreak, to: next };
        return { lines, offsets };
      }
      lines.push(line);
      offsets.push(at);
      at = next;
    }
    return undefined;
  }

  /** 1-based. */
  lineNumber(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }
}
