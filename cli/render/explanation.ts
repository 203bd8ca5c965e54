import pc from 'picocolors';
import { familyMeanings, type ListedError, oneLine } from '#errors/catalogue.ts';
import { fold } from './fit.ts';
import { columnsOf } from './terminal.ts';

/** Sentences are hard to read on longer lines. */
const widest = 100;
/** Of a summary beside its code. */
const leastRoom = 40;

/** One entry of the catalogue, fit for a terminal. */
export function explanation({ code, family, exitCode, means, remedy }: ListedError): string {
  const edge = columnsOf(process.stdout);
  const columns = Math.min(edge, widest);
  return [
    fold(`${pc.bold(code)} (exit code ${exitCode}: ${familyMeanings[family]})`, columns),
    '',
    `${pc.bold('means')}  ${fold(means, columns, 7, edge)}`,
    `${pc.bold('next')}   ${fold(remedy, columns, 7, edge)}`,
  ].join('\n');
}

/** Entries by family, a line each; on a terminal too narrow for that, two. */
export function errorList(errors: readonly ListedError[]): string {
  const columns = columnsOf(process.stdout);
  const width = Math.max(...errors.map(({ code }) => code.length));
  const families = [...new Set(errors.map(({ family }) => family))];
  const blocks = families.map((family) => {
    const own = errors.filter((one) => one.family === family);
    const head = `${pc.bold(family)}, exit code ${own[0]?.exitCode}: ${familyMeanings[family]}`;
    return [fold(head, columns), ...own.map((one) => entry(one, width, columns))].join('\n');
  });
  return `${blocks.join('\n\n')}\n\nlab explain CODE says more of one`;
}

function entry(one: ListedError, width: number, columns: number): string {
  const room = columns - width - 4;
  if (room >= leastRoom) return `  ${one.code.padEnd(width)}  ${shortened(oneLine(one), room)}`;
  return `  ${shortened(one.code, columns - 2)}\n      ${shortened(oneLine(one), columns - 6)}`;
}

/** A terminal's line is kept to one; a pipe gets all of it. */
function shortened(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}
