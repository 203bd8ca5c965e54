import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../../../errors/lab-error.ts';
import { sealFrame } from './frames.ts';
import { GroupSync } from './group-sync.ts';
import { nameOf, removeBefore } from './journal-files.ts';
import { storageLimits } from './limits.ts';
import { beginLog, diskFull, headRoom } from './begin-log.ts';
import { isFull, type LogFile } from './log-file.ts';
import { readJournal, type Found, type ReadingContext } from './read-journal.ts';
import { RecordBuffer } from './record-buffer.ts';
import { smallRecordBytes, writeJson, type RecordReader } from './records.ts';
import { writeSnapshot, type SnapshotWriter } from './snapshot-file.ts';

/** What a journal needs beside its directory. */
export interface JournalContext extends ReadingContext {
  /** The disk refused what it must not: going on would promise what is not kept. Does not return. */
  readonly onBroken: (error: LabError) => never;
}

/** Hears of the fsyncs of a journal. */
export interface SyncObserver {
  /** What was recorded up to now is what the next `synced` is about. */
  syncing(): void;
  /** What was recorded before the last `syncing` is on the disk. */
  synced(): void;
}

/**
 * What is recorded in one directory, in order: logs `00000001.log` and so on, each begun where the one before ended, and at most one
 * `N.snapshot` in place of all logs before number N. Records are gathered and written by `commit`, which has to come before anybody is
 * told of what they say: what was written survives the end of the process. fsync follows soon, or at once for whoever waits for it.
 */
export class Journal {
  /** What of the records was lost with the host's power, if anything: those who hold its numbers must be told. */
  readonly wasCut: boolean;
  /** Nothing was recorded before. */
  readonly isNew: boolean;
  observer: SyncObserver | undefined;
  readonly #directory: string;
  readonly #context: JournalContext;
  #buffer = new RecordBuffer();
  #file: LogFile;
  #number: number;
  /** Bytes of all logs before the present one that a restart would read, and of the snapshot. */
  #earlierBytes: number;
  #firstNumber: number;
  /** Position behind the last frame. */
  #position: number;
  readonly #syncs: GroupSync;
  #compacting = false;
  #closed = false;

  private constructor(directory: string, context: JournalContext, found: Found) {
    this.#directory = directory;
    this.#context = context;
    this.wasCut = found.wasCut;
    this.isNew = found.bytes === 0;
    this.#earlierBytes = found.bytes;
    this.#firstNumber = found.firstNumber;
    this.#number = found.nextNumber;
    this.#position = found.position;
    this.#syncs = new GroupSync({
      syncedTo: found.position,
      sync: () => this.#sync(),
      onError: (error) => this.#broken('brought to the disk', error),
    });
    this.#file = this.#begin(this.#number);
  }

  /**
   * Reads what there is, and begins a log of its own behind it.
   * @throws LabError `input.data-log` for a damaged file, `state.disk-full` where not even a log can be begun
   */
  static open(directory: string, reader: RecordReader, context: JournalContext): Journal {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new Journal(directory, context, readJournal(directory, reader, context));
  }

  /** Bytes that a restart would read. */
  get bytes(): number {
    return this.#earlierBytes + this.#file.size;
  }

  /** Logs that a restart would read, the present one among them. */
  get files(): number {
    return this.#number - this.#firstNumber + 1;
  }

  /** Whether records of so many bytes can be written, beside those that wait. Takes disk space if need be. */
  admits(bytes: number): boolean {
    return this.#takes(bytes + storageLimits.reserveBytes);
  }

  /** The same for what an administrator does, who may also do it on a full disk. @throws LabError `state.disk-full` */
  require(bytes: number): void {
    if (!this.#takes(bytes)) throw diskFull(this.#directory);
  }

  /** Where the next record, of at most so many bytes, goes. */
  record(bytes: number): RecordBuffer {
    if (!this.#buffer.fits(bytes)) {
      this.commit();
      if (!this.#buffer.fits(bytes)) this.#buffer = new RecordBuffer(bytes + 2 * headRoom);
    }
    return this.#buffer;
  }

  /** Records a value as JSON; `admits` or `require` comes before. */
  recordJson(value: unknown): void {
    const json = Buffer.from(JSON.stringify(value));
    writeJson(this.record(json.length + smallRecordBytes), json);
  }

  /** Writes what was recorded. */
  commit(): void {
    if (this.#buffer.isEmpty) return;
    const frame = this.#buffer.take();
    sealFrame(frame, this.#position, this.#syncs.syncedTo);
    try {
      this.#file.append(frame);
    } catch (error) {
      this.#broken('written', error);
    }
    this.#position += frame.length;
    if (this.#buffer.capacity > storageLimits.frameBytes) this.#buffer = new RecordBuffer();
    this.#syncs.soon();
  }

  /** Resolves when all that was recorded up to now is on the disk. */
  persisted(): Promise<void> {
    return this.#syncs.reached(this.#position + (this.#buffer.isEmpty ? 0 : this.#buffer.size));
  }

  /** An fsync is wanted soon by somebody who asks again. */
  hurry(): void {
    void this.persisted();
  }

  /**
   * Writes all anew, beside the log, and drops what was before. Nothing happens while that is under way, or when the disk has no room.
   * @returns whether it was done
   */
  async compact(write: SnapshotWriter): Promise<boolean> {
    if (this.#compacting || this.#closed) return false;
    this.#compacting = true;
    try {
      await this.#rotate();
      const number = this.#number;
      const path = join(this.#directory, nameOf(number, 'snapshot'));
      const bytes = await writeSnapshot(path, write, () => this.#closed);
      if (bytes === undefined) return false;
      removeBefore(this.#directory, number);
      this.#earlierBytes = bytes;
      this.#firstNumber = number;
      return true;
    } catch (error) {
      // The bucket may have been deleted meanwhile, with its directory.
      if (this.#closed) return false;
      if (isFull(error) || error instanceof LabError) {
        this.#context.note(`${this.#directory}: no room on the disk to write the log anew; tried again later`);
        return false;
      }
      return this.#broken('written anew', error);
    } finally {
      this.#compacting = false;
    }
  }

  /** Writes what waits, and ends with an fsync. */
  close(): void {
    if (this.#closed) return;
    this.commit();
    this.#file.syncNow();
    this.#file.giveBack();
    this.#end();
  }

  /** Lets go of the files, which nobody needs any more. */
  abandon(): void {
    this.#buffer.take();
    this.#end();
  }

  #end(): void {
    this.#closed = true;
    this.#syncs.end();
    this.#file.close();
  }

  #takes(bytes: number): boolean {
    const needed = this.#buffer.size + bytes + headRoom;
    if (this.#file.room >= needed) return true;
    try {
      return this.#file.take(needed);
    } catch (error) {
      return this.#broken('written', error);
    }
  }

  async #sync(): Promise<number> {
    this.commit();
    const position = this.#position;
    this.observer?.syncing();
    await this.#file.sync();
    this.observer?.synced();
    return position;
  }

  /** Goes on in a new log. The old one is on the disk before: a log that is followed by another is whole. */
  async #rotate(): Promise<void> {
    this.commit();
    await this.#file.sync();
    if (this.#closed) return;
    const old = this.#file;
    this.commit();
    this.observer?.syncing();
    old.syncNow();
    this.#syncs.synced(this.#position);
    this.observer?.synced();
    // On a full disk this is what there is for the new one.
    old.giveBack();
    const file = this.#begin(this.#number + 1);
    old.close();
    this.#earlierBytes += old.size;
    this.#number += 1;
    this.#file = file;
  }

  #begin(number: number): LogFile {
    const head = { position: this.#position, syncedTo: this.#syncs.syncedTo, boot: this.#context.bootId };
    const file = beginLog(this.#directory, number, head);
    this.#position += file.size;
    return file;
  }

  #broken(what: string, error: unknown): never {
    return this.#context.onBroken(
      new LabError({
        code: 'host.data-disk',
        cause: `${this.#file.path} cannot be ${what}: ${error instanceof Error ? error.message : String(error)}`,
        next: 'look at the disk (dmesg), and start the server again: what it acknowledged is in the log',
        error,
      }),
    );
  }
}
