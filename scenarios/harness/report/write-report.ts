import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueLines } from '#errors/issue-lines.ts';
import { LabError } from '#errors/lab-error.ts';
import type { RunRecord } from '../record/run-record.ts';
import { junitXml } from './junit.ts';
import { type RunReport, runReportSchema } from '../record/run-report.ts';

/**
 * Leaves a run's results in its directory: `report.json`, `junit.xml`, and `report.html` with the run's screenshots
 * inside it.
 * @throws LabError `internal.report` when the report is not what docs/report.schema.json promises
 */
export async function writeReport(
  runDir: string,
  report: RunReport,
  record: Pick<RunRecord, 'events' | 'samples'>,
): Promise<void> {
  const checked = runReportSchema.safeParse(report);
  if (!checked.success) {
    throw new LabError({
      code: 'internal.report',
      cause: `the report of ${runDir} does not keep to its schema`,
      evidence: issueLines(checked.error),
      next: `compare it with docs/report.schema.json; the evidence is kept in ${runDir}`,
    });
  }
  await writeFile(join(runDir, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(runDir, 'junit.xml'), junitXml(report));
  await writeReportHtml(runDir, report, record);
}

/** Renders `report.html` alone. @returns its path */
export async function writeReportHtml(
  runDir: string,
  report: RunReport,
  record: Pick<RunRecord, 'events' | 'samples'>,
): Promise<string> {
  const screenshots = await Promise.all(report.screenshots.map((name) => screenshot(runDir, name)));
  const file = join(runDir, 'report.html');
  const present = screenshots.filter((one) => one !== undefined);
  // React is loaded only where a page is made.
  const { renderReportHtml } = await import('./html/render-report.tsx');
  const { events, samples } = record;
  await writeFile(file, renderReportHtml({ report, events, samples, screenshots: present }));
  return file;
}

/** A picture that somebody removed is no reason to have no report. */
async function screenshot(runDir: string, name: string): Promise<{ name: string; base64: string } | undefined> {
  try {
    return { name, base64: await readFile(join(runDir, name), 'base64') };
  } catch {
    return undefined;
  }
}
