import { fit, fold, visibleWidth } from './fit.ts';
import { columnsOf } from './terminal.ts';

/** Wider than this, the last column is folded; narrower, rows are written one below the other. */
const leastColumn = 24;

/**
 * Aligns rows under a header; columns are as wide as their widest cell. Where that is wider than the terminal, the last column is
 * folded, or each row becomes a block: its first cell, and the others below it with their heads.
 * @param columns Infinity for what is no terminal
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns = columnsOf(process.stdout),
): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => visibleWidth(row[column] ?? ''))));
  const pad = (cell: string, column: number) =>
    cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - visibleWidth(cell)));
  const lines = all.map((row) => row.map(pad).join('  ').trimEnd());
  if (lines.every((line) => visibleWidth(line) <= columns)) return lines.join('\n');
  const last = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  if (columns - last < leastColumn) return blocks(header, rows, columns);
  return all
    .map((row) => [...row.slice(0, header.length - 1).map(pad), fold(row[header.length - 1] ?? '', columns, last)])
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

function blocks(header: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
  const heads = header.map((head) => head.trim());
  const width = header.length > 2 ? Math.max(...heads.slice(1).map((head) => head.length)) + 2 : 0;
  const indent = width > 0 ? 2 : 4;
  const block = ([first = '', ...others]: readonly string[]) => [
    fit(first, columns),
    ...others.flatMap((cell, index) => {
      const head = header.length > 2 ? (heads[index + 1] ?? '').padEnd(width) : '';
      const text = cell.trim();
      return text === '' ? [] : [`${' '.repeat(indent)}${head}${fold(text, columns, indent + width)}`];
    }),
  ];
  return rows.flatMap(block).join('\n');
}
