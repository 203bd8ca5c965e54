import { toBytes, toByteString, type ByteString } from './byte-string.ts';
import type { AnswerValue } from './response.ts';

/** What is left to be written of an answer's value: taken in parts, so that no copy of all of it waits for its client. */
export class UnwrittenValue {
  readonly #pieces: readonly ByteString[];
  #index = 0;
  #offset = 0;
  #bytesLeft: number;

  constructor(value: AnswerValue) {
    this.#pieces = typeof value === 'string' ? [value] : Buffer.isBuffer(value) ? [toByteString(value)] : value;
    this.#bytesLeft = this.#pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** All of it was taken. */
  get isEmpty(): boolean {
    return this.#index === this.#pieces.length;
  }

  /** Bytes that are still to be taken. */
  get bytesLeft(): number {
    return this.#bytesLeft;
  }

  /** The next bytes, at most so many. */
  take(most: number): Buffer {
    let taken = '';
    for (
      let piece = this.#pieces[this.#index];
      piece !== undefined && taken.length < most;
      piece = this.#pieces[this.#index]
    ) {
      const part = piece.slice(this.#offset, this.#offset + most - taken.length);
      taken += part;
      this.#offset += part.length;
      if (this.#offset < piece.length) break;
      this.#index += 1;
      this.#offset = 0;
    }
    this.#bytesLeft -= taken.length;
    return toBytes(taken);
  }
}
