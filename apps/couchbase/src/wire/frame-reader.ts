import { LabError } from '../../../../errors/lab-error.ts';
import { cutFrame, headerBytes, maxBodyBytes, readHeader, type FrameHeader, type RequestFrame } from './frame.ts';

/**
 * Turns a TCP byte stream, however it is cut into segments, into request frames.
 * Bytes are joined once per frame, so a 20 MiB value arriving in small pieces costs one copy.
 */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;
  private readonly limit: number;

  /** @param limit largest body accepted, bytes */
  constructor(limit: number = maxBodyBytes) {
    this.limit = limit;
  }

  /**
   * Takes one piece of the stream and yields the frames that are complete now.
   * @throws LabError `input.frame` when the stream cannot be the protocol's; the reader is of no use after that.
   */
  *push(chunk: Buffer): Generator<RequestFrame> {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.size >= headerBytes) {
      const header = this.header();
      const packetBytes = headerBytes + header.bodyBytes;
      if (this.size < packetBytes) return;
      const bytes = this.joined();
      this.chunks = bytes.length > packetBytes ? [bytes.subarray(packetBytes)] : [];
      this.size -= packetBytes;
      yield cutFrame(bytes.subarray(0, packetBytes), header);
    }
  }

  private header(): FrameHeader {
    const first = this.chunks[0];
    const header = readHeader(first !== undefined && first.length >= headerBytes ? first : this.joined(), this.limit);
    if (typeof header !== 'string') return header;
    throw new LabError({
      code: 'input.frame',
      cause: `not a Couchbase key-value request: ${header}`,
      next: 'connect with a Couchbase SDK (couchbase://HOST:11210); the admin page is on port 8091',
    });
  }

  private joined(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks, this.size)];
    return this.chunks[0] ?? Buffer.alloc(0);
  }
}
