import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';

/** In the reader's directory. */
export const progressFile = '.lab-guide.json';

const progressForm = z.strictObject({
  version: z.literal(1),
  /** `chapter`, or the absolute path of a guide's directory. */
  guide: z.string().min(1),
  /** Id of the step where the reader is. */
  step: z.string().min(1),
  /** ISO 8601. */
  begun: z.iso.datetime(),
  /** Of each step that began: what its [values] were then. */
  values: z.record(z.string(), z.record(z.string(), z.string())),
  /** When each step's check held for the first time, ISO 8601. */
  passed: z.record(z.string(), z.iso.datetime()),
});

const versionForm = z.object({ version: z.number() });

/** How far a reader is in a guide. */
export type Progress = Readonly<z.infer<typeof progressForm>>;

/** Pure. @param now ISO 8601 */
export function beginGuide(guide: string, step: string, now: string): Progress {
  return { version: 1, guide, step, begun: now, values: {}, passed: {} };
}

/** What becomes known of a step's values; what is known already stays as it was when the step began. Pure. */
export function withValues(progress: Progress, step: string, values: Readonly<Record<string, string>>): Progress {
  return { ...progress, values: { ...progress.values, [step]: { ...values, ...progress.values[step] } } };
}

/** A step begins, or begins again: its values are those of this moment, and it is not done. Pure. */
export function atStep(progress: Progress, step: string, values: Readonly<Record<string, string>>): Progress {
  const passed = Object.fromEntries(Object.entries(progress.passed).filter(([id]) => id !== step));
  return { ...progress, step, passed, values: { ...progress.values, [step]: { ...values } } };
}

/** Pure. @param now ISO 8601; the first time counts */
export function withPassed(progress: Progress, step: string, now: string): Progress {
  return { ...progress, passed: { ...progress.passed, [step]: progress.passed[step] ?? now } };
}

/** Undefined where no guide was begun. @throws LabError `input.guide-progress` */
export async function readProgress(dir: string): Promise<Progress | undefined> {
  const file = join(dir, progressFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unreadable(file, `it cannot be read: ${reasonOf(error)}`);
  }
  const content = jsonOf(text);
  if (content === undefined) throw unreadable(file, text.trim() === '' ? 'it is empty' : 'it is not JSON (damaged?)');
  const read = progressForm.safeParse(content);
  if (read.success) return read.data;
  const version = versionForm.safeParse(content).data?.version;
  if (version !== undefined && version !== 1) {
    throw new LabError({
      code: 'input.guide-progress',
      cause: `${file} is of version ${version}, and this lab knows version 1: another version of the lab wrote it`,
      next: 'go on with that one, or lab guide reset   (begins anew; the lab stays as it is)',
    });
  }
  const [issue] = read.error.issues;
  throw unreadable(file, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'wrong'}`);
}

/** The whole file or, when that cannot be, the old one. @throws LabError `permission.guide` */
export async function writeProgress(dir: string, progress: Progress): Promise<void> {
  const file = join(dir, progressFile);
  const fresh = `${file}.${process.pid}`;
  try {
    await writeFile(fresh, `${JSON.stringify(progress, null, 2)}\n`);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw new LabError({
      code: 'permission.guide',
      cause: `${file}, which keeps how far you are, cannot be written: ${reasonOf(error)}`,
      next: 'free space, or follow the guide in a directory of your own where you may write',
      error,
    });
  }
}

/** Forgets how far the reader is; the lab, and every other file, stays as it is. @returns whether there was anything */
export async function dropProgress(dir: string): Promise<boolean> {
  const file = join(dir, progressFile);
  try {
    await rm(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw unreadable(file, `it cannot be removed: ${reasonOf(error)}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not',
  EPERM: 'you may not',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota is used up',
  ENOENT: 'its directory is not there any more',
  EISDIR: 'it is a directory',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return reasons[code] ?? error.message;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(file: string, why: string): LabError {
  return new LabError({
    code: 'input.guide-progress',
    cause: `${file} does not tell how far a guide is: ${why}`,
    next: 'lab guide reset   (begins anew; the lab stays as it is)',
  });
}
