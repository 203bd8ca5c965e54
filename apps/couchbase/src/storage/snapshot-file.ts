import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './directory.ts';
import { frameHeadBytes, sealFrame } from './frames.ts';
import { RecordBuffer } from './record-buffer.ts';
import { smallRecordBytes, writeJson } from './records.ts';

/** Bytes of a frame of a snapshot: few enough that writing them down stops nobody. */
const sliceBytes = 128 * 1024;

/** Records of a snapshot: written in slices, between which others have their turns. */
export type SnapshotWriter = (into: SnapshotFile) => Promise<void>;

/**
 * Writes a snapshot; it is on the disk when this resolves, or there is nothing of it.
 * @param isUnwanted asked at the end
 * @returns its bytes, undefined for one that was not wanted any more
 */
export async function writeSnapshot(
  path: string,
  write: SnapshotWriter,
  isUnwanted: () => boolean,
): Promise<number | undefined> {
  const file = await SnapshotFile.begin(path);
  try {
    file.mark({ snapshot: true });
    await write(file);
    file.mark({ end: true });
    if (isUnwanted()) {
      await file.giveUp();
      return undefined;
    }
    await file.finish();
    syncDirectory(dirname(path));
    return file.size;
  } catch (error) {
    await file.giveUp();
    throw error;
  }
}

/** A log written anew: in slices, beside the one that is in use, and of no account before its end is written. */
export class SnapshotFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  #buffer = new RecordBuffer(2 * sliceBytes);
  #size = 0;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  /** @param path where it will be once it is whole */
  static async begin(path: string): Promise<SnapshotFile> {
    return new SnapshotFile(await open(draftOf(path), 'wx', 0o600), path);
  }

  /** Bytes written. */
  get size(): number {
    return this.#size;
  }

  /** Where the next record, of so many bytes, goes. */
  record(bytes: number): RecordBuffer {
    if (!this.#buffer.fits(bytes)) this.#buffer = this.#buffer.withRoomFor(bytes);
    return this.#buffer;
  }

  /** Says where it begins, and that it is whole. */
  mark(value: unknown): void {
    const json = Buffer.from(JSON.stringify(value));
    writeJson(this.record(json.length + smallRecordBytes), json);
  }

  /** There is enough for a frame: `turn` should be called. */
  get isDue(): boolean {
    return this.#buffer.size >= sliceBytes;
  }

  /** Writes what there is; others have their turns meanwhile. */
  async turn(): Promise<void> {
    const frame = this.#buffer.take();
    sealFrame(frame, this.#size, 0);
    for (let written = 0; written < frame.length;)
      written += (await this.#handle.write(frame, written, frame.length - written, this.#size + written)).bytesWritten;
    this.#size += frame.length;
    // One for a large document is let go of again.
    if (this.#buffer.capacity > 2 * sliceBytes) this.#buffer = new RecordBuffer(2 * sliceBytes);
  }

  /** The file is on the disk, under its name, when this resolves. */
  async finish(): Promise<void> {
    if (this.#buffer.size > frameHeadBytes) await this.turn();
    await this.#handle.sync();
    await this.#handle.close();
    await rename(draftOf(this.#path), this.#path);
  }

  /** Removes what there is. */
  async giveUp(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(draftOf(this.#path), { force: true });
  }
}

export const draftSuffix = '.draft';

function draftOf(path: string): string {
  return `${path}${draftSuffix}`;
}
