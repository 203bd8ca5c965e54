import { fill, type Guide, type Step } from '#guide/form/guide-form.ts';

/** A step of the chapter as a page in Markdown; what is looked up on a lab stands as `<name>`. Pure. */
export function chapterPage(step: Step, guide: Guide): string {
  const known = (text: string): string => fill(text.trim(), {}, (name) => `<${name.replaceAll('-', ' ')}>`);
  const commands = (lines: readonly string[]): string => ['```', ...lines.map(known), '```'].join('\n');
  const list = (lines: readonly string[]): string => lines.map((line) => `- ${known(line)}`).join('\n');
  const parts = [
    `# ${step.number}. ${step.title}`,
    known(step.goal),
    `Step ${step.number} of ${guide.steps.length}. In \`lab shell\`, or with \`lab guide\` beside it; \`lab guide goto ${step.id}\` brings a lab to where it begins.`,
    `## Type\n\n${commands(step.type)}`,
    ...(step.look.length === 0 ? [] : [`## Look\n\n${commands(step.look)}`]),
    ...(step.open.length === 0 ? [] : [`In a browser: ${step.open.map((page) => `\`${known(page)}\``).join(', ')}`]),
    `## What one should see\n\n${list(step.see)}`,
    `## Why\n\n${known(step.why)}`,
    ...(step.hints.length === 0 ? [] : [`## When it does not work\n\n${list(step.hints)}`]),
    ...step.errata.map(
      ({ printed, happens, instead }) =>
        `## Erratum: ${known(printed)}\n\n${known(happens)}\n\n**Instead:** ${known(instead)}`,
    ),
    ...step.question.map(
      ({ ask, answer }) => `## Question: ${known(ask)}\n\n> ${known(answer).replaceAll('\n', '\n> ')}`,
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}
