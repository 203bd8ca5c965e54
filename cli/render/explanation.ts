import pc from 'picocolors';
import { familyMeanings, type ListedError, oneLine } from '#errors/catalogue.ts';
import { asTyped } from './as-typed.ts';
import { fold, shortened } from './fit.ts';
import { table } from './table.ts';
import { columnsOf } from './terminal.ts';

/** Sentences are hard to read on longer lines. */
const widest = 100;
/** Narrower, the families are no table. */
const leastTable = 60;
/** Of a summary beside its code. */
const leastRoom = 40;

/** One entry of the catalogue, fit for a terminal. */
export function explanation({ code, family, exitCode, ...texts }: ListedError): string {
  // Before they are folded: what is typed here may be longer.
  const means = typed(texts.means);
  const remedy = typed(texts.remedy);
  const kind = typed(familyMeanings[family]);
  const edge = columnsOf(process.stdout);
  const columns = Math.min(edge, widest);
  return [
    fold(`${pc.bold(code)} (exit code ${exitCode}: ${kind})`, columns),
    '',
    `${pc.bold('means')}  ${fold(means, columns, 7, edge)}`,
    `${pc.bold('next')}   ${fold(remedy, columns, 7, edge)}`,
  ].join('\n');
}

function typed(text: string): string {
  return asTyped(text, process.stdout);
}

/** The families with their exit codes, a line each. */
export function familyList(errors: readonly ListedError[]): string {
  const families = [...new Set(errors.map(({ family }) => family))];
  const columns = columnsOf(process.stdout);
  const rows = families.map((family) => {
    const own = errors.filter((one) => one.family === family);
    return { family, exit: String(own[0]?.exitCode), codes: String(own.length), means: typed(familyMeanings[family]) };
  });
  const list =
    columns < leastTable
      ? rows
          .map((row) => `${row.family}, exit code ${row.exit}, codes: ${row.codes}\n  ${fold(row.means, columns, 2)}`)
          .join('\n')
      : table(
          ['FAMILY', 'EXIT', 'CODES', 'MEANS'],
          rows.map((row) => [row.family, row.exit.padStart(4), row.codes.padStart(5), row.means]),
        );
  return [
    list,
    '',
    table(
      ['ASK FOR', ''],
      [
        ['lab explain host', 'the codes of a family'],
        ['lab explain 69', 'the codes of an exit code'],
        ['lab explain host.memory', 'one code: what it means and what to do'],
        ['lab explain --all', `all ${errors.length} codes`],
      ],
    ),
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
