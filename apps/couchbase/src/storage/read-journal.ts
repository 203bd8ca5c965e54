import { readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../../../errors/lab-error.ts';
import { syncPath } from './directory.ts';
import { judge, readFrames, type FramesEnd } from './frames.ts';
import { nameOf, numbersOf, removeBefore } from './journal-files.ts';
import { readRecords, type RecordReader } from './records.ts';
import { draftSuffix } from './snapshot-file.ts';
import { FileSource } from './sources.ts';

/** What reading needs beside the directory. */
export interface ReadingContext {
  /** Tells one uptime of the host from the next. */
  readonly bootId: string;
  /** Takes a line for the log: what was cut off at the end of a file, and such. */
  readonly note: (text: string) => void;
}

/** What a journal was found to be. */
export interface Found {
  readonly wasCut: boolean;
  readonly bytes: number;
  readonly firstNumber: number;
  readonly nextNumber: number;
  readonly position: number;
}

/**
 * Reads a journal from its beginning, cuts what was not finished, and leaves all else as it is.
 * @throws LabError `input.data-log` naming the file and the offset of what is damaged or missing
 */
export function readJournal(directory: string, reader: RecordReader, context: ReadingContext): Found {
  for (const name of readdirSync(directory)) if (name.endsWith(draftSuffix)) rmSync(join(directory, name));
  const snapshot = Math.max(0, ...numbersOf(directory, 'snapshot'));
  removeBefore(directory, snapshot);
  let bytes = snapshot === 0 ? 0 : readSnapshot(join(directory, nameOf(snapshot, 'snapshot')), reader);
  const firstNumber = Math.max(1, snapshot);
  const numbers = numbersOf(directory, 'log');
  let position = 0;
  let wasCut = false;
  for (const [index, number] of numbers.entries()) {
    const path = join(directory, nameOf(number, 'log'));
    if (number !== firstNumber + index) throw missing(join(directory, nameOf(firstNumber + index, 'log')), path);
    const isLast = index === numbers.length - 1;
    const log = readLog(path, { reader, context, isLast, position: index === 0 ? undefined : position });
    ({ position } = log);
    wasCut ||= log.wasCut;
    // It was begun and nothing was written: the next one takes its place.
    if (log.isEmpty) {
      rmSync(path);
      return { wasCut, bytes, firstNumber, nextNumber: number, position };
    }
    bytes += log.bytes;
  }
  return { wasCut, bytes, firstNumber, nextNumber: firstNumber + numbers.length, position };
}

/** @returns bytes of it */
function readSnapshot(path: string, reader: RecordReader): number {
  let isWhole = false;
  const json = (value: unknown): void => {
    if (isMark(value, 'end')) isWhole = true;
    else if (!isMark(value, 'snapshot')) reader.json(value);
  };
  const source = new FileSource(path);
  try {
    const end = readFrames(source, (payload, at) => readPayload(path, at, payload, { ...bound(reader), json }));
    if (!isWhole || end.strayBytes > 0) throw damaged(path, end);
    return end.end;
  } finally {
    source.close();
  }
}

function readLog(
  path: string,
  args: {
    readonly reader: RecordReader;
    readonly context: ReadingContext;
    readonly isLast: boolean;
    /** Where it has to begin. */
    readonly position: number | undefined;
  },
): { readonly position: number; readonly bytes: number; readonly wasCut: boolean; readonly isEmpty: boolean } {
  const { reader, context, isLast } = args;
  let boot: unknown;
  let begin: number | undefined;
  let frames = 0;
  const json = (value: unknown): void => {
    if (isMark(value, 'log')) boot = value['boot'];
    else reader.json(value);
  };
  const wrapped = { ...bound(reader), json };
  const source = new FileSource(path);
  let end: FramesEnd;
  try {
    end = readFrames(source, (payload, at, head) => {
      begin ??= head.position;
      frames += 1;
      if (at === 0 && args.position !== undefined && head.position !== args.position) throw missing(path, path);
      readPayload(path, at, payload, wrapped);
    });
  } finally {
    source.close();
  }
  if (frames <= 1 && isLast && end.next === undefined) {
    if (end.strayBytes > 0) context.note(cutText(path, end));
    const wasCut = end.strayBytes > 0 && boot !== context.bootId;
    return { position: begin ?? args.position ?? 0, bytes: 0, wasCut, isEmpty: true };
  }
  const sameBoot = boot === context.bootId;
  const position = (begin ?? 0) + end.end;
  const judgement = begin === undefined ? 'corrupt' : judge(end, { endPosition: position, isLast, sameBoot });
  if (judgement === 'corrupt') throw damaged(path, end);
  if (judgement === 'cut') context.note(cutText(path, end));
  // Zeros behind the end as well: from now on another log follows.
  if (isLast) {
    truncateSync(path, end.end);
    syncPath(path);
  }
  return { position, bytes: end.end, wasCut: judgement === 'cut' && !sameBoot, isEmpty: false };
}

function readPayload(path: string, at: number, payload: Buffer, reader: RecordReader): void {
  try {
    readRecords(payload, reader);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError({
      code: 'input.data-log',
      cause: `${path}: the frame at offset ${at} has a record that cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      next: 'start the version of this server that wrote it, or restore the data directory from a copy',
      error,
    });
  }
}

function bound(reader: RecordReader): RecordReader {
  return {
    document: (collection, document) => reader.document(collection, document),
    json: (value) => reader.json(value),
    cas: (cas) => reader.cas(cas),
  };
}

function isMark(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && name in value;
}

function cutText(path: string, { end, strayBytes }: FramesEnd): string {
  return `${path}: ${strayBytes} bytes at offset ${end} were cut off: a write that was not finished, and not acknowledged`;
}

function damaged(path: string, { end, strayBytes, next }: FramesEnd): LabError {
  const behind = next === undefined ? '' : `; what was written after them begins at offset ${next}`;
  return new LabError({
    code: 'input.data-log',
    cause:
      strayBytes === 0
        ? `${path} ends at offset ${end}, before its end: bytes are missing there`
        : `${path} is damaged at offset ${end}: of ${strayBytes} bytes there the first are not what was written${behind}`,
    next:
      'restore the data directory from a copy; or, to give up what was written from there on, ' +
      `move it and all files of a higher number away, having kept its beginning: head -c ${end} ${path}`,
  });
}

function missing(path: string, found: string): LabError {
  return new LabError({
    code: 'input.data-log',
    cause:
      path === found
        ? `${path} does not begin where the log before it ends`
        : `${path} is missing, and ${found} follows it`,
    next: 'restore the data directory from a copy',
  });
}
