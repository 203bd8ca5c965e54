import pc from 'picocolors';
import { familyMeanings, type ListedError, oneLine } from '../../errors/catalogue.ts';

const widest = 100;

/** One entry of the catalogue, fit for a terminal. */
export function explanation({ code, family, exitCode, means, remedy }: ListedError): string {
  return [
    `${pc.bold(code)} (exit code ${exitCode}: ${familyMeanings[family]})`,
    '',
    `${pc.bold('means')}  ${wrapped(means, 7)}`,
    `${pc.bold('next')}   ${wrapped(remedy, 7)}`,
  ].join('\n');
}

/** Entries by family, a line each. */
export function errorList(errors: readonly ListedError[]): string {
  const width = Math.max(...errors.map(({ code }) => code.length));
  const families = [...new Set(errors.map(({ family }) => family))];
  const blocks = families.map((family) => {
    const own = errors.filter((one) => one.family === family);
    const head = `${pc.bold(family)}, exit code ${own[0]?.exitCode}: ${familyMeanings[family]}`;
    return [head, ...own.map((one) => `  ${one.code.padEnd(width)}  ${shortened(oneLine(one), width + 4)}`)].join('\n');
  });
  return `${blocks.join('\n\n')}\n\nlab explain CODE says more of one`;
}

/** Words on lines of at most the terminal's width; all but the first are indented. A command stays whole, to be copied. */
function wrapped(text: string, indent: number): string {
  const room = Math.min(process.stdout.columns || widest, widest) - indent;
  const lines = [''];
  for (const word of text.match(/(?:[^\s`]|`[^`]*`)+/g) ?? []) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** A terminal's line is kept to one; a pipe gets all of it. */
function shortened(text: string, before: number): string {
  const room = (process.stdout.columns ?? Infinity) - before;
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}
