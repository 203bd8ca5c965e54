import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../../../errors/lab-error.ts';
import { syncDirectory } from './directory.ts';
import { sealFrame } from './frames.ts';
import { nameOf, removeBefore } from './journal-files.ts';
import { storageLimits } from './limits.ts';
import { isFull, LogFile } from './log-file.ts';
import { readJournal, type Found, type ReadingContext } from './read-journal.ts';
import { RecordBuffer } from './record-buffer.ts';
import { smallRecordBytes, writeJson, type RecordReader } from './records.ts';
import { SnapshotFile } from './snapshot-file.ts';

/** What a journal needs beside its directory. */
export interface JournalContext extends ReadingContext {
  /** The disk refused what it must not: going on would promise what is not kept. Does not return. */
  readonly onBroken: (error: LabError) => never;
}

/** Hears of the fsyncs of a journal. */
export interface SyncObserver {
  /** What was recorded up to now is what the next `synced` is about. */
  syncing(): void;
  synced(): void;
}

/** Records of a snapshot: written in slices, between which others have their turns. */
export type SnapshotWriter = (into: SnapshotFile) => Promise<void>;

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
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
  #syncedTo: number;
  #waiters: Waiter[] = [];
  #syncTimer: NodeJS.Timeout | undefined;
  #syncing = false;
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
    this.#file = this.#begin(this.#number);
    this.#syncedTo = found.position;
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

  recordJson(value: unknown): void {
    const json = Buffer.from(JSON.stringify(value));
    writeJson(this.record(json.length + smallRecordBytes), json);
  }

  /** Writes what was recorded. */
  commit(): void {
    if (this.#buffer.isEmpty) return;
    const frame = this.#buffer.take();
    sealFrame(frame, this.#position, this.#syncedTo);
    try {
      this.#file.append(frame);
    } catch (error) {
      this.#broken('written', error);
    }
    this.#position += frame.length;
    if (this.#buffer.capacity > storageLimits.frameBytes) this.#buffer = new RecordBuffer();
    this.#syncTimer ??= setTimeout(() => void this.#sync(), storageLimits.syncMs).unref();
  }

  /** Resolves when all that was recorded up to now is on the disk. */
  persisted(): Promise<void> {
    const position = this.#position + (this.#buffer.isEmpty ? 0 : this.#buffer.size);
    if (position <= this.#syncedTo) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ position, resolve });
      // Not at once: who else is in this turn may share it.
      if (this.#waiters.length === 1) setImmediate(() => void this.#sync());
    });
  }

  /** An fsync is wanted soon by somebody who asks again. */
  hurry(): void {
    if (this.#waiters.length === 0) void this.persisted();
  }

  /**
   * Writes all anew, beside the log, and drops what was before. Nothing happens while that is under way, or when the disk has no room.
   * @returns whether it was done
   */
  async compact(write: SnapshotWriter): Promise<boolean> {
    if (this.#compacting || this.#closed) return false;
    this.#compacting = true;
    let draft: SnapshotFile | undefined;
    try {
      await this.#rotate();
      const number = this.#number;
      const path = join(this.#directory, nameOf(number, 'snapshot'));
      draft = await SnapshotFile.begin(path);
      const head = Buffer.from(JSON.stringify({ snapshot: true }));
      writeJson(draft.record(head.length + smallRecordBytes), head);
      await write(draft);
      const tail = Buffer.from(JSON.stringify({ end: true }));
      writeJson(draft.record(tail.length + smallRecordBytes), tail);
      if (this.#closed) {
        await draft.giveUp();
        return false;
      }
      await draft.finish();
      syncDirectory(this.#directory);
      removeBefore(this.#directory, number);
      this.#earlierBytes = draft.size;
      this.#firstNumber = number;
      return true;
    } catch (error) {
      await draft?.giveUp();
      // The bucket may have been deleted meanwhile, with its directory.
      if (this.#closed) return false;
      if (isFull(error) || error instanceof LabError) {
        this.#context.note(`${this.#directory}: no room on the disk to write the log anew; tried again later`);
        return false;
      }
      this.#broken('written anew', error);
    } finally {
      this.#compacting = false;
    }
    return false;
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
    clearTimeout(this.#syncTimer);
    this.#file.close();
    for (const { resolve } of this.#waiters) resolve();
    this.#waiters = [];
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

  async #sync(): Promise<void> {
    if (this.#syncing || this.#closed) return;
    this.#syncing = true;
    try {
      do {
        this.commit();
        const position = this.#position;
        this.observer?.syncing();
        await this.#file.sync();
        this.#syncedTo = Math.max(this.#syncedTo, position);
        this.observer?.synced();
        const done = this.#waiters.filter((waiter) => waiter.position <= position);
        this.#waiters = this.#waiters.filter((waiter) => waiter.position > position);
        for (const { resolve } of done) resolve();
      } while (this.#waiters.length > 0 && !this.#isClosed);
    } catch (error) {
      if (!this.#isClosed) this.#broken('brought to the disk', error);
    } finally {
      this.#syncing = false;
      clearTimeout(this.#syncTimer);
      this.#syncTimer =
        this.#position > this.#syncedTo && !this.#isClosed
          ? setTimeout(() => void this.#sync(), storageLimits.syncMs).unref()
          : undefined;
    }
  }

  get #isClosed(): boolean {
    return this.#closed;
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
    this.#syncedTo = this.#position;
    this.observer?.synced();
    // On a full disk this is what there is for the new one.
    old.giveBack();
    const file = this.#begin(this.#number + 1);
    old.close();
    this.#earlierBytes += old.size;
    this.#number += 1;
    this.#file = file;
  }

  /** @throws LabError `state.disk-full` where not even its first frame has room; nothing is left then */
  #begin(number: number): LogFile {
    const file = new LogFile(join(this.#directory, nameOf(number, 'log')));
    // Part of what the log before has given back: on a full disk a snapshot needs the rest. If that is little, it is enough to begin.
    const bytes = storageLimits.reserveBytes / 2;
    if (!file.take(bytes, bytes) && file.room < headRoom) {
      file.remove();
      throw diskFull(this.#directory);
    }
    const head = new RecordBuffer(headRoom);
    writeJson(head, Buffer.from(JSON.stringify({ log: number, boot: this.#context.bootId })));
    const frame = head.take();
    sealFrame(frame, this.#position, this.#syncedTo);
    file.append(frame);
    this.#position += frame.length;
    syncDirectory(this.#directory);
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

/** Bytes for the heads of two frames, and what stands in the first of a log. */
const headRoom = 1024;

function diskFull(directory: string): LabError {
  return new LabError({
    code: 'state.disk-full',
    cause: `the disk of ${directory} is full`,
    next: 'make room on it, or flush or delete a bucket',
  });
}
