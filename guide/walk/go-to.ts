import { basename } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { until } from '#provision/cluster/conditions/conditions.ts';
import { needsOf } from '../conditions/needs.ts';
import type { StepCondition } from '../form/condition-form.ts';
import type { Guide, Step } from '../form/guide-form.ts';
import { checkStep, holds, type Judged } from './check-step.ts';
import { planGoto } from './plan-goto.ts';
import { beginStep, chapter, checkNow, type Look, type Reading } from './reading.ts';

export interface GotoTools {
  readonly look: Look;
  /** Types a command of the chapter, to its end. @throws LabError when it fails */
  readonly type: (command: string, values: Readonly<Record<string, string>>) => Promise<void>;
  /** Names of the lab's snapshots. */
  readonly snapshots: readonly string[];
  /** May the lab be thrown away? */
  readonly anew: boolean;
  /** How many times slower the machines are than containers. */
  readonly stretch: number;
  readonly tell: (line: string) => void;
}

/**
 * Brings the lab to where a step begins by typing what the steps before it type, as far as it is not done already, and waiting for
 * each one's check. @throws LabError `state.guide-anew`, `timeout.condition`, and what a typed command says
 */
export async function goTo(reading: Reading, step: Step, tools: GotoTools): Promise<Reading> {
  const { guide } = reading;
  const target = step.number - 1;
  const plan = await planNow(reading, target, tools);
  const at = `step ${step.number} (${step.id})`;
  if (plan.anew && !tools.anew) {
    throw new LabError({
      code: 'state.guide-anew',
      cause: `the way to ${at} begins with a new lab, because ${plan.why}; all that is on its machines would be lost`,
      next: `lab guide goto ${step.id} --anew`,
    });
  }
  if (plan.from !== undefined) await restore(reading, plan.from, tools);
  else if (plan.anew) await tools.type('vagrant destroy -f', {});
  if (plan.steps.length === 0) tools.tell(`nothing to do before ${at}: ${plan.why}`);
  let now = reading;
  for (const one of plan.steps) {
    now = await beginStep(now, one, tools.look);
    tools.tell(`step ${one.number} of ${guide.steps.length}: ${one.title}`);
    for (const command of one.type) await tools.type(command, now.progress.values[one.id] ?? {});
    ({ reading: now } = await untilHeld(now, tools));
  }
  return beginStep(now, step, tools.look);
}

/** The snapshot of the lab as a step of a guide begins. Pure. */
export function snapshotOf(guide: Pick<Guide, 'name'>, step: Pick<Step, 'id'>): string {
  const own = guide.name === chapter ? '' : `-${basename(guide.name)}`;
  return `guide-${step.id}${own}`.replaceAll(/[^\w.-]/g, '-').slice(0, 40);
}

/** The lab is what it was when the step began, and what ran then runs again. */
async function restore(reading: Reading, step: Step, tools: GotoTools): Promise<void> {
  const { guide, progress } = reading;
  tools.tell(`as it was when step ${step.number} (${step.id}) began`);
  await tools.type(`lab snapshot restore ${snapshotOf(guide, step)}`, {});
  const last = guide.steps[step.number - 2];
  // Without them its check cannot be judged: it was done in another directory.
  const isKnown = last !== undefined && Object.keys(last.values).every((name) => progress.values[last.id]?.[name]);
  if (isKnown) await untilHeld({ ...reading, step: last }, tools);
}

async function planNow({ guide, progress }: Reading, target: number, { look, snapshots }: GotoTools) {
  const steps = guide.steps.slice(0, target + 1);
  const valuesOf = (step: Step) => progress.values[step.id] ?? {};
  const conditions: StepCondition[] = steps.flatMap(({ check }) => check);
  const seen = await look({ ...needsOf(conditions, []), pages: 'all' });
  const isHeld = (step: Step) => holds(checkStep(step, valuesOf(step), seen));
  return planGoto(guide, target, seen, isHeld, (step) => snapshots.includes(snapshotOf(guide, step)));
}

/**
 * Waits for the check of the step where the reader is.
 * @returns the look with which it held: a moment later an app may be restarting because something was set
 * @throws LabError `timeout.condition`
 */
export async function untilHeld(
  reading: Reading,
  { look, stretch, tell }: Pick<GotoTools, 'look' | 'stretch' | 'tell'>,
): Promise<{ readonly judged: readonly Judged[]; readonly reading: Reading }> {
  const { step } = reading;
  let now: { judged: readonly Judged[]; reading: Reading } = { judged: [], reading };
  await until(
    {
      name: `the check of step ${step.number} (${step.id})`,
      missing: async () => {
        now = await checkNow(now.reading, look);
        return now.judged.find(({ missing }) => missing !== undefined)?.missing;
      },
    },
    {
      withinMs: step.within * 1_000 * stretch,
      everyMs: 500,
      next: 'lab guide hint',
      onMissing: (missing) => tell(`  waiting: ${missing}`),
    },
  );
  return now;
}
