import pc from 'picocolors';
import type { Learner } from '#guide/walk/class-table.ts';
import { fold, foldCommand, visibleWidth } from './fit.ts';
import { table } from './table.ts';
import { columnsOf } from './terminal.ts';

interface StepHead {
  readonly number: number;
  readonly id: string;
  readonly title: string;
}

/** A step as it is shown: every text with its values, every command as it is typed here. */
export interface ShownStep {
  readonly guide: string;
  readonly step: StepHead;
  readonly of: number;
  readonly done: boolean;
  readonly goal: string;
  readonly type: readonly string[];
  readonly look: readonly string[];
  readonly open: readonly string[];
  readonly see: readonly string[];
  readonly errata: readonly { readonly printed: string; readonly happens: string; readonly instead: string }[];
  readonly questions: number;
}

/** `lab guide`. Commands have lines of their own, which a shell takes as they are. */
export function renderStep(shown: ShownStep, columns = columnsOf(process.stdout)): string {
  const { step, of, done } = shown;
  const part = (head: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[pc.bold(head), ...lines].join('\n')];
  const commands = (lines: readonly string[]) =>
    lines.map((line) => (line.length + 2 > columns ? foldCommand(line, columns) : `  ${line}`));
  const items = (lines: readonly string[]) => lines.map((line) => item('-', line, columns));
  const errata = shown.errata.map(({ printed, happens, instead }) => `${printed}: ${happens} ${instead}`);
  return [
    `${shown.guide}, step ${step.number} of ${of}${done ? ' (done)' : ''}\n${pc.bold(step.title)}`,
    oneParagraph(shown.goal),
    ...part('Type', commands(shown.type)),
    ...part('You should see', items(shown.see)),
    ...part('Look around (what goes on ends by Ctrl-C)', commands(shown.look)),
    ...part('In a browser', items(shown.open)),
    ...part('Where the book cannot be typed as printed', items(errata)),
    done
      ? 'Next: lab guide next'
      : `Then: lab guide check. Stuck: lab guide hint. More: lab guide why${questions(shown.questions)}`,
  ].join('\n\n');
}

function questions(count: number): string {
  return count === 0 ? '' : `, with ${count} question${count === 1 ? '' : 's'}`;
}

interface ShownCheck {
  readonly step: StepHead;
  readonly of: number;
  readonly done: boolean;
  readonly last: boolean;
  readonly conditions: readonly { readonly text: string; readonly missing: string | null }[];
  /** ISO 8601, oldest first. */
  readonly happened: readonly { readonly at: string; readonly text: string }[];
}

/** `lab guide check` */
export function renderCheck(shown: ShownCheck, columns = columnsOf(process.stdout)): string {
  const { step, of, done, last } = shown;
  const lines = shown.conditions.map(({ text, missing }) =>
    missing === null
      ? item(pc.green('✓'), text, columns)
      : `${item(pc.red('✗'), text, columns)}\n    ${fold(missing, columns, 4)}`,
  );
  const head = `step ${step.number} of ${of}, ${step.title}: ${done ? 'done' : 'not done yet'}`;
  const next = !done ? 'Stuck: lab guide hint' : last ? 'That was the last step.' : 'Next: lab guide next';
  const happened = shown.happened.map(({ at, text }) => item(clockTime(at), text, columns));
  const story = happened.length === 0 ? [] : [['What happened', ...happened].join('\n')];
  return [[head, ...lines].join('\n'), ...story, next].join('\n\n');
}

interface ShownHint {
  readonly step: StepHead;
  readonly done: boolean;
  readonly missing: readonly string[];
  readonly lab: readonly string[];
  readonly hints: readonly string[];
}

/** `lab guide hint` */
export function renderHint(shown: ShownHint, columns = columnsOf(process.stdout)): string {
  const { step } = shown;
  if (shown.done) return `step ${step.number}, ${step.title}: nothing is missing. Next: lab guide next`;
  const part = (head: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[head, ...lines.map((line) => item('-', line, columns))].join('\n')];
  return [
    ...part(`step ${step.number}, ${step.title}: what is missing`, shown.missing),
    ...part('what the lab says', shown.lab),
    ...part('to think of', shown.hints),
  ].join('\n\n');
}

interface ShownWhy {
  readonly step: StepHead;
  readonly why: string;
  readonly questions: readonly { readonly ask: string; readonly answer?: string }[];
}

/** `lab guide why` */
export function renderWhy(shown: ShownWhy, columns = columnsOf(process.stdout)): string {
  const asked = shown.questions.map(({ ask, answer }, index) =>
    [item(`${index + 1}.`, ask, columns), ...(answer === undefined ? [] : [item('  ', answer, columns)])].join('\n'),
  );
  const more = shown.questions.some(({ answer }) => answer === undefined);
  return [
    `${pc.bold(shown.step.title)}`,
    oneParagraph(shown.why),
    ...(asked.length > 0 ? [`Think about it\n${asked.join('\n')}`] : []),
    ...(more ? ['Answers: lab guide why --answers'] : []),
  ].join('\n\n');
}

/** `lab guide list` */
export function renderList(shown: {
  readonly title: string;
  readonly about: string;
  readonly steps: readonly (StepHead & { readonly current: boolean; readonly passed: string | null })[];
}): string {
  const rows = shown.steps.map(({ number, id, title, current, passed }) => [
    `${current ? '▸' : ' '} ${passed === null ? ' ' : '✓'}`,
    String(number),
    id,
    title,
  ]);
  return [
    `${pc.bold(shown.title)}\n${oneParagraph(shown.about)}`,
    table(['', 'STEP', 'NAME', 'WHAT IT IS ABOUT'], rows),
    '✓ done, ▸ here. lab guide shows the current one, lab guide goto NAME brings the lab to where another begins.',
  ].join('\n\n');
}

/** `lab guide class DIR...` */
export function renderClass(all: readonly Learner[]): string {
  const rows = all.map((one) =>
    one.trouble === undefined
      ? [
          one.dir,
          `${one.step.number} of ${one.of}`,
          String(one.passed),
          one.passed === 0 ? '-' : minutes(one.last),
          one.step.title,
        ]
      : [one.dir, '-', '-', '-', one.trouble],
  );
  return table(['DIRECTORY', 'STEP', 'DONE', 'LAST CHECK PASSED', 'NOW AT'], rows);
}

/** Of the day, where the reader is. */
function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString('sv-SE');
}

/** UTC, as logs have it. */
function minutes(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** A line of a list, folded behind its mark. */
function item(mark: string, text: string, columns: number): string {
  return `${mark} ${fold(oneParagraph(text), columns, visibleWidth(mark) + 1)}`;
}

/** A text of a guide file, whose lines end where its author's editor wanted. */
function oneParagraph(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
