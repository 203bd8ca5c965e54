import { readFileSync } from 'node:fs';
import TOML from '@iarna/toml';
import { LabError } from '#errors/lab-error.ts';

/** A parsed TOML file that can still tell where something stands in it. */
export interface TomlFile {
  readonly value: unknown;
  /** 1-based line of a key given by its path, or of its nearest enclosing table; undefined where the file does not have it. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
}

/**
 * Reads a TOML file. The only place that knows which TOML library is used.
 * @throws LabError config.toml with file, line, column and the line itself; config.file when it cannot be read
 */
export function readToml(path: string): TomlFile {
  return parseToml(readConfigText(path), path);
}

/** As readToml, for text at hand; `fileName` is how messages call it. */
export function parseToml(text: string, fileName: string): TomlFile {
  const normalised = text.replace(/^\uFEFF/, '');
  try {
    return { value: TOML.parse(normalised), lineOf: (path) => lineOf(normalised.split('\n'), path.map(String)) };
  } catch (error) {
    throw tomlError(error, normalised, fileName);
  }
}

/** @throws LabError config.file, except for a file that does not exist when `missing` is given. */
export function readConfigText(path: string, missing?: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' && missing !== undefined) return missing;
    throw new LabError({
      code: 'config.file',
      cause: `cannot read ${path}: ${code}`,
      next: `Make ${path} a readable text file.`,
      error,
    });
  }
}

function tomlError(error: unknown, text: string, fileName: string): LabError {
  const { message, line, col } = error as Error & { line?: number; col?: number };
  const shown = text.split('\n')[line ?? 0] ?? '';
  const what = message.split('\n')[0]?.replace(/ at row \d+, col \d+, pos \d+:?$/, '') ?? message;
  const place = line === undefined ? fileName : `${fileName}:${line + 1}:${(col ?? 0) + 1}`;
  return new LabError({
    code: 'config.toml',
    cause: `${place}: ${what}`,
    evidence: line === undefined ? [] : [shown, `${' '.repeat(col ?? 0)}^`],
    next: `Correct line ${(line ?? 0) + 1} of ${fileName}; texts and durations need quotes, like ttl = "5s".`,
    error,
  });
}

/**
 * Enough of TOML's layout to find a key: headers, and keys at the start of a line. Everything else was parsed already. The second
 * `[[check]]` is the path `check`, `1`.
 */
function lineOf(lines: readonly string[], path: readonly string[]): number | undefined {
  let table: string[] = [];
  let best: { depth: number; line: number } | undefined;
  const elements = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    const header = /^\s*(\[+)\s*([^\]]+?)\s*\]+/.exec(line);
    const key = /^\s*([^=#[\]]+?)\s*=/.exec(line);
    if (header) table = splitKey(header[2] ?? '');
    if (header?.[1] === '[[') {
      const index = elements.get(table.join('.')) ?? 0;
      elements.set(table.join('.'), index + 1);
      table = [...table, String(index)];
    }
    const here = header ? table : key ? [...table, ...splitKey(key[1] ?? '')] : [];
    const fits = here.length > 0 && here.length <= path.length && here.every((part, at) => part === path[at]);
    if (fits && here.length > (best?.depth ?? 0)) best = { depth: here.length, line: i + 1 };
  }
  return best?.line;
}

function splitKey(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([^.\s"']+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
}
