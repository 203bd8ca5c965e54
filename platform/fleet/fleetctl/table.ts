import { LabError } from '#errors/lab-error.ts';
import type { FlagSpec } from '../parts/flags.ts';
import type { Context } from './context.ts';
import { folded } from './narrow.ts';

/** A column: its name in --fields and what it says of a row. `full`: nothing shortened. */
export type Columns<T> = Readonly<Record<string, (row: T, full: boolean) => string>>;

/** The flags of commands that print a table. Pure. @param defaults the columns that are shown without --fields */
export const listFlags = (defaults: string): FlagSpec[] => [
  { name: 'full', kind: 'switch', aliases: ['l'], help: 'do not shorten ids and hashes' },
  { name: 'no-legend', kind: 'switch', help: 'no header line' },
  { name: 'fields', kind: 'text', help: `columns, comma separated (${defaults})` },
  { name: 'json', kind: 'switch', help: 'the same rows as JSON' },
];

/** Prints rows as --fields, --full, --no-legend and --json ask. @throws LabError `usage.fields` */
export function printTable<T>(context: Context, columns: Columns<T>, defaults: string, rows: readonly T[]): void {
  const fields = (context.flags.text('fields') ?? defaults).split(',').filter((f) => f !== '');
  if (fields.length === 0) throw badFields('Must define output format', columns);
  const unknown = fields.find((f) => !Object.hasOwn(columns, f));
  if (unknown !== undefined) throw badFields(`Invalid key in output format: "${unknown}"`, columns);
  const cell = (row: T, field: string, full: boolean): string => columns[field]?.(row, full) ?? '';
  if (context.flags.on('json')) {
    context.out(JSON.stringify(rows.map((row) => Object.fromEntries(fields.map((f) => [f, cell(row, f, true)])))));
    return;
  }
  const lines = rows.map((row) => fields.map((f) => cell(row, f, context.flags.on('full'))));
  const heads = fields.map((f) => f.toUpperCase());
  // Without the legend it is a script that reads.
  const drawn = context.flags.on('no-legend') ? alignWithTabs(lines) : drawnTable(heads, lines, context.columns);
  for (const line of drawn) context.out(line);
}

/**
 * A table with its heads: with tabs, as the original has it, where the terminal is wide enough; else with a blank between the columns;
 * else a block for each row. Pure.
 */
export function drawnTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Infinity,
): string[] {
  const all = [heads, ...rows];
  const withTabs = alignWithTabs(all);
  if (withTabs.every((line) => widthWithTabs(line) <= columns)) return withTabs;
  const widths = heads.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const withBlanks = all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join(' ')
      .trimEnd(),
  );
  if (withBlanks.every((line) => line.length <= columns)) return withBlanks;
  const head = Math.max(...heads.map((text) => text.length)) + 2;
  return rows.flatMap(([first = '', ...others]) => [
    folded(first, columns),
    ...others.map((cell, i) => `  ${(heads[i + 1] ?? '').padEnd(head)}${folded(cell, columns, 2 + head)}`),
  ]);
}

function widthWithTabs(line: string): number {
  return [...line].reduce((width, sign) => (sign === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1), 0);
}

/**
 * Columns as Go's text/tabwriter aligns them with padding 1 and tabs of 8: a cell is followed by as many tabs as bring it to the
 * width of its column, at least one; the last cell by none.
 */
export function alignWithTabs(lines: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const line of lines) line.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, [...cell].length + 1)));
  const stops = widths.map((w) => Math.ceil(w / 8) * 8);
  return lines.map((line) =>
    line
      .map((cell, i) =>
        i === line.length - 1 ? cell : cell + '\t'.repeat(Math.ceil(((stops[i] ?? 8) - [...cell].length) / 8)),
      )
      .join(''),
  );
}

function badFields<T>(cause: string, columns: Columns<T>): LabError {
  return new LabError({ code: 'usage.fields', cause, next: `--fields takes ${Object.keys(columns).sort().join(',')}` });
}
