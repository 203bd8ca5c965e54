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
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  startsWith(word: string): boolean {
    return this.text.startsWith(word, this.at);
  }

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

  get atLineStart(): boolean {
    return this.at === 0 || this.text.charAt(this.at - 1) === '\n';
  }

  /** The text from an offset to the end of its line. */
  line(offset: number): string {
    const end = this.text.indexOf('\n', offset);
    return this.text.slice(offset, end < 0 ? undefined : end);
  }

  /** 1-based. */
  lineNumber(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }
}
