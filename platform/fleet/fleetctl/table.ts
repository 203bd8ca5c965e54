import { LabError } from '#errors/lab-error.ts';
import type { FlagSpec } from '../flags.ts';
import type { Context } from './context.ts';

/** A column: its name in --fields and what it says of a row. `full`: nothing shortened. */
export type Columns<T> = Readonly<Record<string, (row: T, full: boolean) => string>>;

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
  if (!context.flags.on('no-legend')) lines.unshift(fields.map((f) => f.toUpperCase()));
  for (const line of alignWithTabs(lines)) context.out(line);
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
