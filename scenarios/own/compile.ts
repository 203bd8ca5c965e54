import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Message } from 'esbuild';
import { LabError } from '#errors/lab-error.ts';
import { labImports } from './lab-imports.ts';
import { rememberCompiled } from './own-line.ts';

/**
 * Compiles a scenario file with what it imports into one module in a directory of its own.
 * @param source absolute path
 * @returns path of the compiled module; it goes when this process ends
 * @throws LabError `missing.scenario-file`, `input.scenario` naming file, line and column
 */
export async function compileOwnScenario(source: string): Promise<string> {
  await mustBeFile(source);
  const { build } = await import('esbuild');
  const outDir = await mkdtemp(join(tmpdir(), 'lab-scenario-'));
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
  const outfile = join(outDir, 'scenario.mjs');
  const built = await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // No reference to it in the module: then nobody maps a stack before `ownLine` does.
    sourcemap: 'external',
    logLevel: 'silent',
    absWorkingDir: dirname(source),
    nodePaths: [nearestNodeModules()],
    plugins: [labImports],
  }).catch((error: { errors?: Message[] }) => {
    if (error.errors === undefined) throw error;
    throw doesNotCompile(source, error.errors);
  });
  // A warning of the compiler (a key twice, an import that is not there) is for the reader, not for the run.
  for (const { text, location } of built.warnings) {
    console.error(`note: ${location === null ? source : placeOf(source, location)}: ${text}`);
  }
  rememberCompiled(source, { file: outfile, map: await readFile(`${outfile}.map`, 'utf8') });
  return outfile;
}

async function mustBeFile(source: string): Promise<void> {
  const found = await stat(source).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new LabError({
    code: 'missing.scenario-file',
    cause: found === undefined ? `there is no file ${source}` : `${source} is not a file`,
    next: 'lab scenario new NAME   (writes ./NAME.ts, which works at once)',
  });
}

function doesNotCompile(source: string, errors: readonly Message[]): LabError {
  const [first] = errors;
  const place = first === undefined || first.location === null ? source : placeOf(source, first.location);
  return new LabError({
    code: 'input.scenario',
    cause: `${place} does not compile: ${first?.text ?? 'no reason given'}`,
    evidence: errors.slice(0, 5).flatMap((error) => shown(source, error)),
    next: 'mend that line and run it again',
  });
}

function shown(source: string, { text, location }: Message): string[] {
  if (location === null) return [text];
  // Tabs stay tabs, so that the mark stands under its place.
  const mark = location.lineText.slice(0, location.column).replace(/[^\t]/g, ' ');
  return [`${placeOf(source, location)}: ${text}`, `    ${location.lineText}`, `    ${mark}^`];
}

function placeOf(source: string, location: NonNullable<Message['location']>): string {
  // esbuild names files relative to its working directory and counts columns from 0.
  const file = join(dirname(source), location.file);
  return `${relative(process.cwd(), file)}:${location.line}:${location.column + 1}`;
}

/** The checkout's own packages are there for a scenario file wherever it lies. */
function nearestNodeModules(): string {
  const root = process.env['LAB_ROOT'] ?? fileURLToPath(new URL('../..', import.meta.url));
  return join(root, 'node_modules');
}
