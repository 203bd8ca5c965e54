/** Largest payload, bytes: one document of the largest size and what belongs to it. */
const maxFrameBytes = 32 * 1024 * 1024;

/** A payload with its length in front. */
export function frame(payload: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

/** Cuts a stream of bytes into payloads again. */
export class Unframer {
  #chunks: Buffer[] = [];
  #size = 0;

  /** The payloads that `chunk` completes. @throws RangeError when one announces more than `maxFrameBytes` */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const payloads: Buffer[] = [];
    for (let payload = this.#next(); payload !== undefined; payload = this.#next()) payloads.push(payload);
    return payloads;
  }

  #next(): Buffer | undefined {
    if (this.#size < 4) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    const end = 4 + (this.#chunks[0]?.readUInt32BE(0) ?? 0);
    if (end > maxFrameBytes) throw new RangeError(`a frame of ${end} bytes`);
    if (this.#size < end) return undefined;
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = bytes.length === end ? [] : [bytes.subarray(end)];
    this.#size = bytes.length - end;
    return bytes.subarray(4, end);
  }
}
