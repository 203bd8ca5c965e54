import { describeCondition } from '../conditions/describe.ts';
import { missingOf } from '../conditions/judge.ts';
import type { Observed } from '../conditions/observed.ts';
import { describeValue, filled } from '../conditions/values.ts';
import { fill, namesIn, type Step } from '../form/guide-form.ts';

export interface Judged {
  readonly condition: string;
  /** As a person reads it. */
  readonly text: string;
  /** What is missing, in one line; undefined: it holds. */
  readonly missing: string | undefined;
}

/**
 * A step's check on the lab as it was seen. Pure.
 * @param values the step's own, as they were when it began; a condition that needs another one does not hold
 */
export function checkStep(
  step: Pick<Step, 'check' | 'values'>,
  values: Readonly<Record<string, string>>,
  seen: Observed,
): Judged[] {
  return step.check.map((one) => {
    const named = (text: string) =>
      fill(text, values, (name) => {
        const value = step.values[name];
        return value === undefined ? name : `<${describeValue(value)}>`;
      });
    const [unknown] = namesIn(JSON.stringify(one)).filter((name) => values[name] === undefined);
    const text = named(describeCondition(one));
    if (unknown === undefined) return { condition: one.condition, text, missing: missingOf(filled(one, values), seen) };
    const missing = `${named(`{${unknown}}`)} was not known when this step began: lab guide goto begins it again`;
    return { condition: one.condition, text, missing };
  });
}

/** Does every condition hold? Pure. */
export function holds(judged: readonly Judged[]): boolean {
  return judged.every(({ missing }) => missing === undefined);
}
