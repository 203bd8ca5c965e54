import { readFile } from 'node:fs/promises';
import { LabError } from '../../../errors/lab-error.ts';
import { probeNames, type Sample } from './sample.ts';

/**
 * The samples of a run in the order they were asked. A last line without its end (the process was killed while it wrote)
 * is left out; a file that does not exist has none.
 * @throws LabError `input.samples` naming file and line
 */
export async function readSamples(file: string): Promise<Sample[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  // Behind the last newline is nothing, or what was not written to its end.
  lines.pop();
  const samples = lines.map((line, index) => parseSample(line, `${file}:${index + 1}`));
  return samples.sort((a, b) => a.wallMs - b.wallMs);
}

function parseSample(line: string, where: string): Sample {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw broken(where, line, error);
  }
  if (!isSample(value)) throw broken(where, line);
  return value;
}

function isSample(value: unknown): value is Sample {
  if (typeof value !== 'object' || value === null) return false;
  const { probe, wallMs, ms, ok } = value as Record<string, unknown>;
  const known = probeNames.some((name) => name === probe);
  return known && Number.isFinite(wallMs) && Number.isFinite(ms) && typeof ok === 'boolean';
}

function broken(where: string, line: string, error?: unknown): LabError {
  return new LabError({
    code: 'input.samples',
    cause: `${where} is not a sample of a probe`,
    evidence: [line.slice(0, 200)],
    next: 'remove that line, or repeat the run',
    error,
  });
}
