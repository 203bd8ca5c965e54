import { resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { readProgress } from '../progress/progress.ts';
import { findGuide, stepOf } from './reading.ts';

/** How far one learner is; `trouble`: why that cannot be said. */
export type Learner =
  | {
      readonly dir: string;
      readonly guide: string;
      readonly step: { readonly number: number; readonly id: string; readonly title: string };
      readonly of: number;
      /** Steps whose check held. */
      readonly passed: number;
      /** ISO 8601: when a check last held for the first time, or the guide was begun. */
      readonly last: string;
      readonly trouble?: undefined;
    }
  | { readonly dir: string; readonly trouble: string };

/** The learners of some directories, each with its own progress, in the order given. */
export async function learners(repoDir: string, dirs: readonly string[]): Promise<Learner[]> {
  return Promise.all(dirs.map((dir) => learner(repoDir, dir)));
}

async function learner(repoDir: string, dir: string): Promise<Learner> {
  try {
    const progress = await readProgress(resolve(dir));
    if (progress === undefined) return { dir, trouble: 'no guide was begun here' };
    const guide = await findGuide(repoDir, progress.guide);
    const { number, id, title } = stepOf(guide, progress.step);
    const times = guide.steps.flatMap((step) => progress.passed[step.id] ?? []);
    const last = [progress.begun, ...times].sort().at(-1) ?? progress.begun;
    const of = guide.steps.length;
    return { dir, guide: progress.guide, step: { number, id, title }, of, passed: times.length, last };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { dir, trouble: error.message };
  }
}
