import { LabError } from '../../../../errors/lab-error.ts';
import { cutFrame, headerBytes, maxBodyBytes, readHeader, type FrameHeader, type RequestFrame } from './frame.ts';

/**
 * Turns a TCP byte stream, however it is cut into segments, into request frames.
 * Bytes are joined once per frame, so a 20 MiB value arriving in small pieces costs one copy.
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Largest body accepted, bytes; counts from the next header on. */
  limit: number;

  constructor(limit: number = maxBodyBytes) {
    this.limit = limit;
  }

  /** Takes one piece of the stream. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /**
   * The next frame that is complete, or undefined when more of the stream is needed.
   * @throws LabError `input.frame` when the stream cannot be the protocol's; the reader is of no use after that.
   */
  next(): RequestFrame | undefined {
    if (this.#size < headerBytes) return undefined;
    const header = this.#header();
    const packetBytes = headerBytes + header.bodyBytes;
    if (this.#size < packetBytes) return undefined;
    const bytes = this.#joined();
    this.#chunks = bytes.length > packetBytes ? [bytes.subarray(packetBytes)] : [];
    this.#size -= packetBytes;
    return cutFrame(bytes.subarray(0, packetBytes), header);
  }

  #header(): FrameHeader {
    const first = this.#chunks[0];
    const header = readHeader(first !== undefined && first.length >= headerBytes ? first : this.#joined(), this.limit);
    if (typeof header !== 'string') return header;
    throw new LabError({
      code: 'input.frame',
      cause: `not a Couchbase key-value request: ${header}`,
      next: 'connect with a Couchbase SDK (couchbase://HOST:11210); the console is on port 8091',
    });
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#size)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }
}
