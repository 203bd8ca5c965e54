import { join } from 'node:path';
import { LabError } from '../../../../errors/lab-error.ts';
import { syncDirectory } from './directory.ts';
import { sealFrame } from './frames.ts';
import { nameOf } from './journal-files.ts';
import { storageLimits } from './limits.ts';
import { LogFile } from './log-file.ts';
import { RecordBuffer } from './record-buffer.ts';
import { writeJson } from './records.ts';

/** Bytes for the heads of two frames, and what stands in the first of a log. */
export const headRoom = 1024;

/**
 * Begins a log, with a frame that says which it is.
 * @throws LabError `state.disk-full` where not even that has room; nothing is left then
 */
export function beginLog(
  directory: string,
  number: number,
  { position, syncedTo, boot }: { readonly position: number; readonly syncedTo: number; readonly boot: string },
): LogFile {
  const file = new LogFile(join(directory, nameOf(number, 'log')));
  // Part of what the log before has given back: on a full disk a snapshot needs the rest. If that is little, it is enough to begin.
  const bytes = storageLimits.reserveBytes / 2;
  if (!file.take(bytes, bytes) && file.room < headRoom) {
    file.remove();
    throw diskFull(directory);
  }
  const head = new RecordBuffer(headRoom);
  writeJson(head, Buffer.from(JSON.stringify({ log: number, boot })));
  const frame = head.take();
  sealFrame(frame, position, syncedTo);
  file.append(frame);
  syncDirectory(directory);
  return file;
}

/** The error `state.disk-full` for a data directory. Pure. */
export function diskFull(directory: string): LabError {
  return new LabError({
    code: 'state.disk-full',
    cause: `the disk of ${directory} is full`,
    next: 'make room on it, or flush or delete a bucket',
  });
}
