import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { type RecordedLine, recordedLines } from './ndjson.ts';
import { probeNames, type Sample } from './sample.ts';

const sampleSchema = z.object({
  probe: z.enum(probeNames),
  wallMs: z.number(),
  ms: z.number(),
  ok: z.boolean(),
  machine: z.string().exactOptional(),
  target: z.string().exactOptional(),
  error: z.string().exactOptional(),
  session: z.string().exactOptional(),
  visits: z.number().exactOptional(),
  key: z.string().exactOptional(),
}) satisfies z.ZodType<Sample>;

/**
 * The samples of a run in the order they were asked. A last line without its end (the process was killed while it wrote)
 * is left out; a file that does not exist has none.
 * @throws LabError `input.samples` naming file and line, `input.record` when the file cannot be read
 */
export async function readSamples(file: string): Promise<Sample[]> {
  const { lines } = await recordedLines(file);
  return lines.map(parseSample).sort((a, b) => a.wallMs - b.wallMs);
}

function parseSample({ text, where }: RecordedLine): Sample {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(where, text, error);
  }
  const checked = sampleSchema.safeParse(value);
  if (!checked.success) throw broken(where, text, checked.error);
  return checked.data;
}

function broken(where: string, line: string, error: unknown): LabError {
  return new LabError({
    code: 'input.samples',
    cause: `${where} is not a sample of a probe`,
    evidence: [line.slice(0, 200)],
    next: 'remove that line, or repeat the run',
    error,
  });
}
