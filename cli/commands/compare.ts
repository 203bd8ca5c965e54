import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { compareRuns } from '#scenarios/harness/record/compare-runs.ts';
import { readReport } from '#scenarios/harness/report/read-run.ts';
import { resolveRun } from '#scenarios/harness/report/find-runs.ts';
import { renderComparison } from '../render/comparison.ts';
import { printOut } from '../render/terminal.ts';

/** Two runs of one scenario side by side. */
export async function compare(
  repoDir: string,
  wanted: readonly [string, string],
  options: { json?: boolean; html?: string },
): Promise<void> {
  const read = async (run: string) => readReport((await resolveRun(join(repoDir, 'runs'), run, process.cwd())).dir);
  const [a, b] = await Promise.all([read(wanted[0]), read(wanted[1])]);
  const comparison = compareRuns(a, b);
  if (options.html !== undefined) {
    // React is loaded only where a page is made.
    const { renderComparisonHtml } = await import('#scenarios/harness/report/html/render-comparison.tsx');
    await save(resolve(options.html), renderComparisonHtml(comparison));
  }
  if (options.json === true) {
    console.log(JSON.stringify(comparison));
    return;
  }
  printOut(renderComparison(comparison));
  if (options.html !== undefined) printOut(`\n${resolve(options.html)}`);
}

async function save(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new LabError({
      code: 'usage.file',
      cause: `cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`,
      next: 'lab compare RUN RUN --html FILE, with a FILE in a directory that can be written',
      error,
    });
  }
}
