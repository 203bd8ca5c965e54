import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';
import { readText, parseToml, type TomlFile } from '#provision/config/toml-file.ts';
import { conditionNames, valueNames } from './condition-form.ts';
import { type Guide, headForm, namesIn, type Step, stepForm } from './guide-form.ts';

/** The file of a guide's title; every other *.toml beside it is a step. */
const headFile = 'guide.toml';
const stepFile = /^(\d{2})-([a-z][a-z0-9-]*)\.toml$/;

/** What may follow `lab guide`, and was meant when there is no such directory. */
const guideWords = ['chapter', 'check', 'next', 'hint', 'why', 'goto', 'save', 'reset', 'list', 'class', 'new'];

/**
 * Reads a guide: guide.toml and a file for each step, in the order of their names.
 * @param name how messages and progress call it
 * @throws LabError `missing.guide`; `input.guide` with file, line and remedy
 */
export async function readGuide(dir: string, name: string): Promise<Guide> {
  const at = resolve(dir);
  const files = await readdir(at).catch(() => undefined);
  if (files?.includes(headFile) !== true) {
    throw new LabError({
      code: 'missing.guide',
      // A path is no slip of the pen.
      cause: `${at} is no guide: it has no ${headFile}${name.includes('/') ? '' : didYouMean(name, guideWords)}`,
      next: 'lab guide reset   (when it was begun here), lab guide   (the chapter), or lab guide new NAME   (writes one)',
    });
  }
  const head = read(join(at, headFile), headForm);
  const steps = files.filter((file) => file.endsWith('.toml') && file !== headFile).sort();
  const [first] = steps;
  if (first === undefined)
    throw wrong(at, 'a guide without a step', `Add a file such as ${join(at, '01-first.toml')}.`);
  return { name, ...head, steps: steps.map((file, index) => readStep(at, file, index + 1, steps)) };
}

function readStep(dir: string, file: string, number: number, all: readonly string[]): Step {
  const path = join(dir, file);
  const [, , id] = stepFile.exec(file) ?? [];
  if (id === undefined) throw wrong(path, 'no name of a step', 'Name it NN-ID.toml, such as 02-couchbase.toml.');
  const other = all.find((one) => one !== file && stepFile.exec(one)?.[2] === id);
  if (other !== undefined) throw wrong(path, `another step has this name, too: ${other}`, 'Rename one of the two.');
  const toml = readTomlFile(path);
  const step = check(toml, path, stepForm);
  for (const { name, at } of namesUsed(step)) {
    const known = [...Object.keys(step.values), ...(at[0] === 'check' ? [] : Object.keys(step.live))];
    if (known.includes(name)) continue;
    throw wrong(
      place(path, toml.lineOf(at)),
      `{${name}} stands for nothing${didYouMean(name, known)}`,
      at[0] === 'check' ? `Give it a line below [values].` : `Give it a line below [values] or [live].`,
    );
  }
  return { ...step, id, number, file: path };
}

/** Every `{NAME}` of a step, and where it stands. */
function namesUsed(step: z.infer<typeof stepForm>): { name: string; at: PropertyKey[] }[] {
  const found = (value: unknown, at: PropertyKey[]): { name: string; at: PropertyKey[] }[] => {
    if (typeof value === 'string') return namesIn(value).map((name) => ({ name, at }));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => found(inner, [...at, key]));
  };
  return found(step, []);
}

function read<T>(path: string, form: z.ZodType<T>): T {
  return check(readTomlFile(path), path, form);
}

function readTomlFile(path: string): TomlFile {
  try {
    return parseToml(readText(path), path);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { message: cause, evidence, next } = error;
    throw new LabError({ code: 'input.guide', cause, evidence, next, error });
  }
}

function check<T>(toml: TomlFile, path: string, form: z.ZodType<T>): T {
  const parsed = form.safeParse(toml.value);
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map((issue) => tell(toml, path, form, issue));
  const [first, ...others] = told;
  if (first === undefined) throw parsed.error;
  throw wrong(
    first.where,
    first.what,
    first.next,
    others.map(({ where, what }) => `${where}: ${what}`),
  );
}

interface Told {
  readonly where: string;
  readonly what: string;
  readonly next: string;
}

function tell(toml: TomlFile, path: string, form: z.ZodType, issue: z.core.$ZodIssue): Told {
  const keys = issue.path.map(String);
  const name = keys.join('.');
  const where = place(path, toml.lineOf(keys));
  if (keys[0] === 'check' && keys.length === 1) {
    const next = `Add a [[check]] with condition = one of: ${conditionNames.join(', ')}.`;
    return { where, what: 'a step has a check, and this one has none', next };
  }
  if (issue.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys;
    const known = keys.length === 0 && 'shape' in form ? Object.keys(form.shape as object) : [];
    const line = toml.lineOf([...keys, unknown]);
    const inside = name === '' ? '' : ` in ${name}`;
    const what = `there is no key ${unknown}${inside}${didYouMean(unknown, known)}`;
    return { where: place(path, line), what, next: 'Correct or remove it; docs/guides.md lists the keys.' };
  }
  if (issue.code === 'invalid_union') {
    const isCheck = keys[0] === 'check';
    const names = isCheck ? conditionNames : valueNames;
    const said = valueAt(toml.value, keys);
    const shown = typeof said === 'string' ? `there is no ${said}${didYouMean(said, names)}` : 'it is not given';
    return { where, what: `${name}: ${shown}`, next: `There are: ${names.join(', ')}.` };
  }
  const missing = valueAt(toml.value, keys) === undefined;
  const what = missing ? `${name} is not given` : `${name} ${issue.message.replace(/^(Invalid|Too)/, 'is wrong: $1')}`;
  return {
    where,
    what,
    next: missing ? `Add ${name}; docs/guides.md says what it is.` : 'docs/guides.md says what it is.',
  };
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inside, key) =>
      typeof inside === 'object' && inside !== null ? (inside as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function place(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`;
}

function wrong(where: string, what: string, next: string, evidence: readonly string[] = []): LabError {
  return new LabError({ code: 'input.guide', cause: `${where}: ${what}`, evidence, next });
}
