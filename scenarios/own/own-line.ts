import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

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

function framesIn(file: string, stack: string): { line: number; column: number }[] {
  const url = pathToFileURL(file).href;
  return stack.split('\n').flatMap((frame) => {
    const at = frame.indexOf(url);
    const place = at < 0 ? null : /^:(\d+):(\d+)/.exec(frame.slice(at + url.length));
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
