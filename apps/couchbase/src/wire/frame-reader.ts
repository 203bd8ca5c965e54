import { LabError } from '../../../../errors/lab-error.ts';
import { headerBytes, maxBodyBytes, packetBytes, RequestFrame } from './frame.ts';

/**
 * Turns a TCP byte stream, however it is cut into segments, into request frames.
 * Bytes are joined once per frame, so a 20 MiB value arriving in small pieces costs one copy.
 */
export class FrameReader {
  /** The stream from `#at` on, as far as it is in one piece. */
  #bytes: Buffer = nothing;
  #at = 0;
  /** What came after it. */
  #later: Buffer[] = [];
  #laterBytes = 0;
  /** Whether answers may come, too: both ends of a stream of changes ask. */
  takesAnswers = false;
  /** Largest body accepted, bytes; counts from the next header on. */
  limit: number;

  /** @param limit largest body accepted, bytes */
  constructor(limit: number = maxBodyBytes) {
    this.limit = limit;
  }

  /** Bytes that are kept: of a frame that is not whole yet, once `next` found none. */
  get keptBytes(): number {
    return this.#bytes.length - this.#at + this.#laterBytes;
  }

  /** Takes one piece of the stream. */
  push(chunk: Buffer): void {
    if (this.#at === this.#bytes.length) {
      this.#bytes = chunk;
      this.#at = 0;
      return;
    }
    this.#later.push(chunk);
    this.#laterBytes += chunk.length;
  }

  /**
   * The next frame that is complete, or undefined when more of the stream is needed.
   * @throws LabError `input.frame` when the stream cannot be the protocol's; the reader is of no use after that.
   */
  next(): RequestFrame | undefined {
    if (!this.#has(headerBytes)) return undefined;
    const size = this.#packetBytes();
    if (!this.#has(size)) return undefined;
    const frame = new RequestFrame(this.#bytes, this.#at);
    this.#at += size;
    if (this.#at === this.#bytes.length) this.#release();
    return frame;
  }

  /** Makes sure of so many bytes in one piece; false when they are not there yet. */
  #has(bytes: number): boolean {
    const left = this.#bytes.length - this.#at;
    if (left >= bytes) return true;
    if (left + this.#laterBytes < bytes) return false;
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), ...this.#later], left + this.#laterBytes);
    this.#at = 0;
    this.#later = [];
    this.#laterBytes = 0;
    return true;
  }

  /** Lets go of a piece that is used up: a connection that waits must not hold 64 KiB. */
  #release(): void {
    this.#bytes = this.#later.length > 0 ? Buffer.concat(this.#later, this.#laterBytes) : nothing;
    this.#at = 0;
    this.#later = [];
    this.#laterBytes = 0;
  }

  #packetBytes(): number {
    const size = packetBytes(this.#bytes, this.#at, this.limit, this.takesAnswers);
    if (typeof size === 'number') return size;
    throw new LabError({
      code: 'input.frame',
      cause: `not a Couchbase key-value request: ${size}`,
      next: 'connect with a Couchbase SDK (couchbase://HOST:11210); the console is on port 8091',
    });
  }
}

const nothing = Buffer.alloc(0);
