import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LabError } from '#errors/lab-error.ts';

/** A line of a recorded file. */
export interface RecordedLine {
  readonly text: string;
  /** `FILE:LINE`, counted from 1. */
  readonly where: string;
}

export interface RecordedLines {
  /** Those that were written to their end, without empty ones. */
  readonly lines: readonly RecordedLine[];
  /** What follows the last newline: a process was killed while it wrote this. */
  readonly torn: RecordedLine | undefined;
}

/**
 * The lines of a run's NDJSON file; a file that does not exist has none.
 * @throws LabError `input.record` when it is there and cannot be read
 */
export async function recordedLines(file: string): Promise<RecordedLines> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    const next = `lab runs (choose another than ${basename(dirname(file))})`;
    throw new LabError({ code: 'input.record', cause: `${file} cannot be read: ${error.message}`, next, error });
  });
  const all = text.split('\n').map((line, index): RecordedLine => ({ text: line, where: `${file}:${index + 1}` }));
  const last = all.pop();
  return {
    lines: all.filter((line) => line.text.trim() !== ''),
    torn: last?.text.trim() === '' ? undefined : last,
  };
}
