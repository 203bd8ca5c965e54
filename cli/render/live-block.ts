/** Lines at the end of a terminal that are drawn over. */
export class LiveBlock {
  readonly #stream: NodeJS.WriteStream;
  #drawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** A line that takes the last column, or the last row, may move the screen: both are left free. */
  get room(): { columns: number; rows: number } {
    return { columns: (this.#stream.columns || 80) - 1, rows: Math.max(1, (this.#stream.rows || 24) - 1) };
  }

  /** @param lines no more than fit into `room` */
  draw(lines: readonly string[]): void {
    this.#stream.write(`${this.#erasure()}${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  /** Takes the lines off the terminal: what is written next stands where they began. */
  erase(): void {
    this.#stream.write(this.#erasure());
    this.#drawn = 0;
  }

  #erasure(): string {
    return '\x1b[1A\x1b[2K'.repeat(this.#drawn);
  }
}
