import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { issueLines } from '#errors/issue-lines.ts';
import { LabError } from '#errors/lab-error.ts';
import { readEvents, type RecordedEvents } from '../record/read-events.ts';
import { readSamples } from '../record/read-samples.ts';
import type { Sample } from '../record/sample.ts';
import { type RunReport, runReportSchema } from '../record/run-report.ts';

/**
 * A run's report, checked.
 * @throws LabError `missing.report` when the run was broken off before it had one, `input.report` when it is no report
 */
export async function readReport(runDir: string): Promise<RunReport> {
  const file = join(runDir, 'report.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const cause = `${file} cannot be read: the run was broken off before it had a report`;
    throw new LabError({ code: 'missing.report', cause, next: 'lab runs', error });
  });
  const value = parsed(file, text);
  const checked = runReportSchema.safeParse(value);
  if (checked.success) return checked.data;
  const version = z.object({ schema: z.string() }).safeParse(value).data?.schema;
  const old = version !== undefined && version !== 'coreos-lab/run/2';
  throw new LabError({
    code: 'input.report',
    cause: old ? `${file} is of another version: ${version}` : `${file} is not a report`,
    evidence: old ? [] : issueLines(checked.error),
    next: old ? 'run the scenario again: this lab reads coreos-lab/run/2' : 'lab runs',
  });
}

/**
 * The recorded events and samples of a run; a file that is not there has none.
 * @throws LabError `input.record`, `input.samples` naming file and line
 */
export async function readRecord(runDir: string): Promise<RecordedEvents & { readonly samples: readonly Sample[] }> {
  const [recorded, samples] = await Promise.all([
    readEvents(join(runDir, 'events.ndjson')),
    readSamples(join(runDir, 'samples.ndjson')),
  ]);
  return { ...recorded, samples };
}

function parsed(where: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LabError({
      code: 'input.record',
      cause: `${where} is not JSON: ${why}`,
      next: `lab runs (choose another than ${basename(join(where, '..'))})`,
      error,
    });
  }
}
