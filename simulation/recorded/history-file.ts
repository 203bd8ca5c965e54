import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { issueLines } from '#errors/issue-lines.ts';
import { LabError } from '#errors/lab-error.ts';
import type { HistoryEvent } from '../history/event.ts';
import { historyEventSchema } from '../history/event-schema.ts';

const headSchema = z.object({
  schema: z.literal('coreos-lab/history/1'),
  seed: z.number(),
  /** Has the fleet one? */
  fence: z.boolean(),
  /** Of fleet's keys. */
  prefix: z.string(),
  ttlSeconds: z.number(),
  machines: z.array(z.object({ name: z.string(), id: z.string() })).readonly(),
  /** What could not be known, in words. */
  gaps: z.array(z.string()),
});

/** What happened on a lab, whole: the first line of its file says of what, each other line is an event. */
export interface RecordedHistory extends Readonly<Omit<z.infer<typeof headSchema>, 'schema'>> {
  readonly events: readonly HistoryEvent[];
}

/** Writes it, as lines of JSON. */
export async function writeHistory(file: string, { events, ...head }: RecordedHistory): Promise<void> {
  const lines = [{ schema: 'coreos-lab/history/1', ...head }, ...events].map((line) => `${JSON.stringify(line)}\n`);
  await writeFile(file, lines.join(''));
}

/** @throws LabError `input.history` with the line that cannot be read */
export async function readHistoryFile(file: string): Promise<RecordedHistory> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, 0, error instanceof Error ? error : new Error(String(error)));
  });
  const lines = text.split('\n').filter((line) => line !== '');
  const read = <T>(schema: z.ZodType<T>, line: string, index: number): T => {
    try {
      return schema.parse(JSON.parse(line));
    } catch (error) {
      throw unreadable(file, index + 1, error as Error);
    }
  };
  const { schema: _schema, ...head } = read(headSchema, lines[0] ?? '', 0);
  return { ...head, events: lines.slice(1).map((line, index) => read(historyEventSchema, line, index + 1)) };
}

function unreadable(file: string, line: number, error: Error): LabError {
  return new LabError({
    code: 'input.history',
    cause: `${file} is no history of a lab: ${line === 0 ? 'it cannot be read' : `line ${line} cannot be`}`,
    evidence: error instanceof z.ZodError ? issueLines(error) : [error.message],
    next: 'npm run judge -- --seed 1 --faults 6   (records one, and says where it is)',
    error,
  });
}
