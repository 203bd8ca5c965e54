import { closeSync, fdatasync, fdatasyncSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { storageLimits } from './limits.ts';

const sync = promisify(fdatasync);
const zeros = Buffer.alloc(storageLimits.extentBytes);

/**
 * A log that is written at its end. Space is taken ahead of it by writing zeros, so that a disk that is full shows before a document
 * is changed in memory, and not after it.
 */
export class LogFile {
  readonly path: string;
  readonly #descriptor: number;
  #size = 0;
  /** Zeros are written up to here. */
  #taken = 0;
  #closed = false;
  /** fsyncs under way; the file is closed after them. */
  #syncs = 0;

  /** Makes the file. @throws Node's error when it is there already, or cannot be made */
  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, 'wx', 0o600);
  }

  /** Bytes written. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that can be written without taking more of the disk. */
  get room(): number {
    return this.#taken - this.#size;
  }

  /**
   * Makes room for so many bytes. False when the disk does not have them; what it has is taken.
   * @param atOnce bytes that are taken at once, so that it need not be done often
   * @throws Node's error for any other reason
   */
  take(bytes: number, atOnce: number = zeros.length): boolean {
    while (this.room < bytes) {
      try {
        this.#taken += writeSync(this.#descriptor, zeros, 0, Math.min(atOnce, zeros.length), this.#taken);
      } catch (error) {
        if (isFull(error)) return false;
        throw error;
      }
    }
    return true;
  }

  /** Writes at the end, all of it. @throws Node's error when it cannot; the file is of no use then */
  append(bytes: Buffer): void {
    for (let written = 0; written < bytes.length;)
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#size + written);
    this.#size += bytes.length;
    this.#taken = Math.max(this.#taken, this.#size);
  }

  /** Resolves when what was written is on the disk. */
  async sync(): Promise<void> {
    this.#syncs += 1;
    try {
      await sync(this.#descriptor);
    } finally {
      this.#syncs -= 1;
      if (this.#closed && this.#syncs === 0) closeSync(this.#descriptor);
    }
  }

  /** The same, and nobody has a turn meanwhile. */
  syncNow(): void {
    fdatasyncSync(this.#descriptor);
  }

  /** Gives back what was taken and not written. */
  giveBack(): void {
    ftruncateSync(this.#descriptor, this.#size);
    this.#taken = this.#size;
  }

  /** Lets go of the file, after the fsyncs under way. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#syncs === 0) closeSync(this.#descriptor);
  }

  /** Closes the file and deletes it. @throws Node's error when it cannot */
  remove(): void {
    this.close();
    unlinkSync(this.path);
  }
}

/** Whether an error says that a disk, or somebody's share of it, is full. */
export function isFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
