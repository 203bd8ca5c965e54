import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from './frames.ts';

const windowBytes = 4 * 1024 * 1024;

/** A file as a source of frames: read in pieces of 4 MiB. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #descriptor: number;
  #window = Buffer.alloc(0);
  #windowAt = 0;

  /** @throws Node's error when the file cannot be opened */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.size = fstatSync(this.#descriptor).size;
  }

  read(offset: number, length: number): Buffer {
    const from = offset - this.#windowAt;
    if (from < 0 || from + length > this.#window.length) this.#load(offset, length);
    const start = offset - this.#windowAt;
    return this.#window.subarray(start, start + length);
  }

  /** Lets go of the file. What was read of it stays valid. */
  close(): void {
    closeSync(this.#descriptor);
  }

  #load(offset: number, length: number): void {
    const wanted = Math.max(0, Math.min(Math.max(windowBytes, length), this.size - offset));
    const bytes = Buffer.allocUnsafeSlow(wanted);
    let got = 0;
    while (got < wanted) {
      const more = readSync(this.#descriptor, bytes, got, wanted - got, offset + got);
      if (more === 0) break;
      got += more;
    }
    this.#window = bytes.subarray(0, got);
    this.#windowAt = offset;
  }
}

/** Bytes as a source of frames. */
export function bytesSource(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
