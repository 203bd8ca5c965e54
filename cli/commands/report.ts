import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canWrite, requireWritable } from '#provision/host/require-writable.ts';
import { readRecord, readReport } from '#scenarios/harness/report/read-run.ts';
import { reportJsonSchema } from '#scenarios/harness/report/report-schema.ts';
import { resolveRun } from '#scenarios/harness/report/find-runs.ts';
import { writeReportHtml } from '#scenarios/harness/report/write-report.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { verdictText } from '../render/verdict.ts';
import { printOut } from '../render/terminal.ts';

/** Draws a recorded run anew from its files and says where; with `--json` prints its report, with `--schema` the schema. */
export async function report(
  repoDir: string,
  wanted: string | undefined,
  options: { open?: boolean; json?: boolean; schema?: boolean },
): Promise<void> {
  if (options.schema === true) {
    process.stdout.write(reportJsonSchema());
    return;
  }
  const run = await resolveRun(join(repoDir, 'runs'), wanted, process.cwd());
  const recorded = await readReport(run.dir);
  const { events, samples, unknown } = await readRecord(run.dir);
  const file = await drawn(run.dir, () => writeReportHtml(run.dir, recorded, { events, samples }));
  for (const [type, number] of unknown)
    console.error(
      `note: left out ${number} events of type ${JSON.stringify(type)}, which this version of the lab does not know`,
    );
  if (options.json === true) console.log(JSON.stringify(recorded));
  else printOut(`${verdictText(recorded.verdict)} ${recorded.sentence}\n${file}`);
  if (options.open === true) await openInBrowser(file);
}

/** Another user's run, or one on a read-only file system, has the drawing of its own end. */
async function drawn(runDir: string, draw: () => Promise<string>): Promise<string> {
  const file = join(runDir, 'report.html');
  if (canWrite(file)) return draw();
  if (!existsSync(file)) requireWritable(file, 'the report must be drawn there');
  console.error('note: it cannot be drawn anew, for it cannot be written; this is as it was drawn before');
  return file;
}
