import { join, resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';
import { needsOf } from '../conditions/needs.ts';
import type { Needs, Observed } from '../conditions/observed.ts';
import { filled, valuesOf } from '../conditions/values.ts';
import type { Guide, Step } from '../form/guide-form.ts';
import { readGuide } from '../form/read-guide.ts';
import {
  atStep,
  beginGuide,
  type Progress,
  progressFile,
  readProgress,
  withPassed,
  withValues,
  writeProgress,
} from '../progress/progress.ts';
import { checkStep, holds, type Judged } from './check-step.ts';

/** A look at the lab, asking what is needed. */
export type Look = (needs: Needs) => Promise<Observed>;

/** A reader's directory, the guide that is followed there, and where they are in it. */
export interface Reading {
  readonly dir: string;
  readonly guide: Guide;
  readonly step: Step;
  readonly progress: Progress;
}

/** The guide of the lab itself. */
export const chapter = 'chapter';

/**
 * `chapter`, or the directory of somebody's own.
 * @param called how the guide is called in messages
 * @throws LabError as `readGuide`
 */
export async function findGuide(repoDir: string, name: string, called = name): Promise<Guide> {
  return readGuide(name === chapter ? join(repoDir, 'guide', chapter) : name, called);
}

/**
 * Begins a guide in a directory, or goes on with the one that was begun there.
 * @param asked `chapter`, or a directory; undefined: the one of this directory, else the chapter
 * @throws LabError `state.guide-other`: one directory holds one reader's progress in one guide
 */
export async function beginReading(repoDir: string, dir: string, asked: string | undefined): Promise<Reading> {
  const wanted = asked === undefined || asked === chapter ? asked : resolve(dir, asked);
  const found = await readProgress(dir);
  // A word that is no guide is a slip of the pen, whatever is followed here.
  if (asked !== undefined && wanted !== undefined && wanted !== found?.guide) await findGuide(repoDir, wanted, asked);
  if (found !== undefined && asked !== undefined && wanted !== found.guide) {
    throw new LabError({
      code: 'state.guide-other',
      cause: `${dir} follows another guide already: ${found.guide}, at step ${found.step}`,
      next: `lab guide ${asked} in a directory of its own, or first: lab guide reset`,
    });
  }
  if (found !== undefined) return readingOf(repoDir, dir, found);
  const guide = await findGuide(repoDir, wanted ?? chapter);
  const step = stepOf(guide, '1');
  const progress = beginGuide(guide.name, step.id, new Date().toISOString());
  await writeProgress(dir, progress);
  return { dir, guide, step, progress };
}

/** The guide that was begun in a directory. @throws LabError `missing.guide-progress` */
export async function openReading(repoDir: string, dir: string): Promise<Reading> {
  const found = await readProgress(dir);
  if (found !== undefined) return readingOf(repoDir, dir, found);
  throw new LabError({
    code: 'missing.guide-progress',
    cause: `no guide was begun in ${dir}: it has no ${progressFile}`,
    next: 'lab guide   (begins the chapter here), or lab guide DIR   (a guide of your own)',
  });
}

async function readingOf(repoDir: string, dir: string, progress: Progress): Promise<Reading> {
  const guide = await findGuide(repoDir, progress.guide);
  return { dir, guide, step: stepOf(guide, progress.step), progress };
}

/** By number or id. @throws LabError `missing.guide-step` */
export function stepOf({ name, steps }: Guide, wanted: string): Step {
  const found = steps.find(({ id, number }) => id === wanted || String(number) === wanted);
  if (found !== undefined) return found;
  const ids = steps.map(({ id }) => id);
  throw new LabError({
    code: 'missing.guide-step',
    cause: `guide ${name} has no step ${wanted}${didYouMean(wanted, ids)}; it has 1 to ${steps.length}: ${ids.join(', ')}`,
    next: 'lab guide list',
  });
}

/** What the step's [values] were when it began, as far as they are known. */
export function knownValues({ progress, step }: Reading): Readonly<Record<string, string>> {
  return progress.values[step.id] ?? {};
}

/** Looks at the lab for a step; what of its values was not known and is now, is kept. */
export async function lookForStep(
  reading: Reading,
  look: Look,
  what: { readonly check: boolean; readonly hints?: boolean },
): Promise<{ readonly seen: Observed; readonly reading: Reading }> {
  const { step, progress } = reading;
  const values = [...Object.values(step.values), ...Object.values(step.live)];
  const conditions = what.check ? step.check.map((one) => filled(one, knownValues(reading))) : [];
  const needs = needsOf(conditions, values, what.hints ?? false);
  const seen = await look(needs);
  const known = withValues(progress, step.id, valuesOf(step.values, seen));
  return { seen, reading: await kept(reading, known) };
}

/** The step's check on the lab as it is; when it holds, that is kept. */
export async function checkNow(
  before: Reading,
  look: Look,
  hints = false,
): Promise<{ readonly judged: readonly Judged[]; readonly seen: Observed; readonly reading: Reading }> {
  const { seen, reading } = await lookForStep(before, look, { check: true, hints });
  const judged = checkStep(reading.step, knownValues(reading), seen);
  if (!holds(judged)) return { judged, seen, reading };
  const passed = withPassed(reading.progress, reading.step.id, new Date().toISOString());
  return { judged, seen, reading: await kept(reading, passed) };
}

/** The reader is at this step now; it begins with the lab as it is. */
export async function beginStep(reading: Reading, step: Step, look: Look | undefined): Promise<Reading> {
  const wanted = Object.values(step.values);
  const values =
    look === undefined || wanted.length === 0 ? {} : valuesOf(step.values, await look(needsOf([], wanted)));
  return kept({ ...reading, step }, atStep(reading.progress, step.id, values));
}

async function kept(reading: Reading, progress: Progress): Promise<Reading> {
  if (JSON.stringify(progress) !== JSON.stringify(reading.progress)) await writeProgress(reading.dir, progress);
  return { ...reading, progress };
}
