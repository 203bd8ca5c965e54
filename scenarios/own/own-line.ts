import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabError } from '#errors/lab-error.ts';

/** Where in a reader's own file an error came from. */
export interface OwnLine {
  /** `mine.ts:12:5`, relative to the working directory. */
  readonly place: string;
  /** The place and the text of the line, for a LabError's evidence. */
  readonly evidence: readonly string[];
}

interface Compiled {
  readonly file: string;
  readonly map: string;
}

const compiledFiles = new Map<string, Compiled>();

/** @param source absolute path of the scenario file that `compiled.file` was made from */
export function rememberCompiled(source: string, compiled: Compiled): void {
  compiledFiles.set(source, compiled);
}

/**
 * The line of a scenario file that an error passed through last: the innermost frame of its stack (else of its cause's)
 * that lies in the file or in what it imports, mapped back through the compiler's source map.
 * @param path as given to `loadOwnScenario`
 * @returns undefined when the error did not come through this file, or the file was not loaded
 */
export function ownLine(error: unknown, path: string): OwnLine | undefined {
  const compiled = compiledFiles.get(resolve(path));
  if (compiled === undefined || !(error instanceof Error)) return undefined;
  const frame = framesIn(compiled.file, error.stack ?? '')[0];
  if (frame === undefined) return ownLine(error.cause, path);
  // Stacks count lines and columns from 1, source maps from 0 (ECMA-426, "Source map").
  const map = new SourceMap(JSON.parse(compiled.map) as SourceMapPayload);
  const entry = map.findEntry(frame.line - 1, frame.column - 1);
  if (!('originalSource' in entry)) return undefined;
  const file = resolve(dirname(compiled.file), entry.originalSource);
  const place = `${relative(process.cwd(), file)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  const text = lineOf(file, entry.originalLine);
  return { place, evidence: text === undefined ? [place] : [`${place}: ${text.trim()}`] };
}

/**
 * What a person is shown of an error that ended a scenario file's `run`: a LabError with the reader's own line among its
 * evidence; anything else (a TypeError of theirs, a failed check) becomes a LabError that names that line.
 * @returns the error itself when it did not come through the file
 */
export function withOwnLine(error: unknown, path: string): unknown {
  const line = ownLine(error, path);
  if (line === undefined) return error;
  if (error instanceof LabError) {
    const { code, message: cause, next } = error;
    return new LabError({ code, cause, next, error, evidence: [...line.evidence, ...error.evidence] });
  }
  return new LabError({
    code: 'input.scenario',
    cause: `${line.place} throws: ${error instanceof Error ? error.message : String(error)}`,
    evidence: line.evidence,
    next: 'mend that line and run it again',
    error,
  });
}

function framesIn(file: string, stack: string): { line: number; column: number }[] {
  // Node names modules by URL, test runners by path.
  const names = [pathToFileURL(file).href, file];
  return stack.split('\n').flatMap((frame) => {
    const name = names.find((one) => frame.includes(`${one}:`));
    if (name === undefined) return [];
    const place = /^:(\d+):(\d+)/.exec(frame.slice(frame.indexOf(name) + name.length));
    return place === null ? [] : [{ line: Number(place[1]), column: Number(place[2]) }];
  });
}

/** @param line counted from 0 */
function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[line];
  } catch {
    // The reader may have moved the file since; the place alone is still worth showing.
    return undefined;
  }
}
