import type { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { didYouMean, nearest } from '#errors/nearest.ts';
import type { TomlFile } from './toml-file.ts';

type Issue = z.core.$ZodIssue;

/**
 * What the schema found wrong, as one error: the first problem is the cause, the others are listed as evidence.
 * @param keysOf valid keys by section name
 */
export function tomlProblem(
  issues: readonly Issue[],
  file: TomlFile,
  fileName: string,
  keysOf: Readonly<Record<string, readonly string[]>>,
): LabError {
  const found = issues.flatMap((issue) => describe(issue, keysOf));
  const lines = found.map(({ path, text }) => ({ line: file.lineOf(path), text, path }));
  lines.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const [first, ...others] = lines.map(({ line, text }) => `${fileName}${line ? `:${line}` : ''}: ${text}`);
  const line = lines[0]?.line;
  return new LabError({
    code: found.some((problem) => problem.unknownKey) ? 'config.key' : 'config.value',
    cause: first ?? `${fileName}: not a valid lab.toml`,
    evidence: others,
    next: `Edit ${line ? `line ${line} of ` : ''}${fileName}; a key that is left out has its default.`,
  });
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  readonly unknownKey: boolean;
}

function describe(issue: Issue, keysOf: Readonly<Record<string, readonly string[]>>): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    const whole = issue.path.length < 2;
    const text = `${keyName(issue.path)} ${whole ? 'must be a table, written [name] on a line of its own' : issue.message}`;
    return [{ path: issue.path, text, unknownKey: false }];
  }
  const section = issue.path.map(String).join('.');
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    text: section === '' ? unknownSection(key, keysOf) : unknownKey(key, section, keysOf),
    unknownKey: true,
  }));
}

function keyName(path: readonly PropertyKey[]): string {
  const [section = '', ...keys] = path.map(String);
  return keys.length === 0 ? `[${section}]` : `[${section}] ${keys.join('.')}`;
}

function unknownSection(key: string, keysOf: Readonly<Record<string, readonly string[]>>): string {
  const sections = Object.keys(keysOf);
  if (nearest(key, sections)) return `unknown section [${key}]${didYouMean(key, sections)}`;
  const home = sections.find((name) => keysOf[name]?.includes(key));
  return home
    ? `key ${key} belongs under [${home}]`
    : `unknown section or key ${key}; sections: ${sections.join(', ')}`;
}

function unknownKey(key: string, section: string, keysOf: Readonly<Record<string, readonly string[]>>): string {
  const valid = keysOf[section] ?? [];
  const home = Object.keys(keysOf).find((name) => keysOf[name]?.includes(key));
  if (home) return `key ${key} belongs under [${home}], not [${section}]`;
  const guess = didYouMean(key, valid);
  return `unknown key ${key} in [${section}]${guess || `; its keys: ${valid.join(', ')}`}`;
}
