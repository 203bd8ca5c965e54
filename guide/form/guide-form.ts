import { z } from 'zod';
import { conditionForm, valueForm } from './condition-form.ts';

const sentence = z.string().trim().min(1);
const valueName = z.string().regex(/^[a-z][a-z-]*$/, 'a name of a-z and -');

/** guide.toml: what a guide is as a whole. */
export const headForm = z.strictObject({
  title: sentence,
  /** For `lab guide list`: what it leads to, and for whom. */
  about: sentence,
});

/** NN-ID.toml: one step of a guide. */
export const stepForm = z.strictObject({
  title: sentence.max(80),
  /** What is to be reached. */
  goal: sentence,
  /** What is typed, in the chapter's words (`fleetctl start ...`); `goto` types it, too. */
  type: z.array(sentence).min(1),
  /** What only looks; a command that goes on ends by Ctrl-C. */
  look: z.array(sentence).default([]),
  /** Pages for a browser. */
  open: z.array(sentence).default([]),
  /** What one should see. */
  see: z.array(sentence).min(1),
  why: sentence,
  /** For `hint`, after what the lab itself says. */
  hints: z.array(sentence).default([]),
  /** Seconds that the check may take to come true after the last command; slow machines get more. */
  within: z.int().min(1).max(3600).default(120),
  /** Fixed when the step begins: where something ran, what a key said. */
  values: z.record(valueName, valueForm).default({}),
  /** The same, looked up whenever the step is shown. */
  live: z.record(valueName, valueForm).default({}),
  check: z.array(conditionForm).min(1),
  question: z.array(z.strictObject({ ask: sentence, answer: sentence })).default([]),
  /** What the book prints and does not work: what happens, and the way round. */
  errata: z.array(z.strictObject({ printed: sentence, happens: sentence, instead: sentence })).default([]),
});

export type StepForm = z.infer<typeof stepForm>;

export interface Step extends StepForm {
  /** Of its file: `couchbase` of 02-couchbase.toml. */
  readonly id: string;
  /** 1-based. */
  readonly number: number;
  readonly file: string;
}

export interface Guide {
  /** `chapter`, or the directory of a guide of somebody's own. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly steps: readonly Step[];
}

/** `{victim}` in a text; `{1..3}` is not one. */
const placeholder = /\{([a-z][a-z-]*)\}/g;

/** Names that a text refers to. Pure. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1] ?? '');
}

/** The text with its names replaced; one without a value is shown by `unknown`. Pure. */
export function fill(
  text: string,
  values: Readonly<Record<string, string>>,
  unknown: (name: string) => string = (name) => `{${name}}`,
): string {
  return text.replaceAll(placeholder, (_, name: string) => values[name] ?? unknown(name));
}
