import pc from 'picocolors';
import type { Compared, Comparison, RunHead } from '#scenarios/harness/record/compare-runs.ts';
import { difference, figure, ratio } from '#scenarios/harness/report/html/parts/words.ts';
import { table } from './table.ts';
import { verdictText } from './verdict.ts';

/** Two runs side by side, as text. */
export function renderComparison(comparison: Comparison): string {
  const { a, b } = comparison;
  const groups = [...new Set(comparison.measures.map(({ group }) => group))];
  const probes = comparison.probes.map((one) => ({ ...one, name: `${one.probe} ${one.name}` }));
  const all = [...comparison.timeline, comparison.took, ...comparison.measures, ...probes];
  // All tables are as wide as the widest, so that figures stand in one column.
  const width = Math.max(
    12,
    ...all.map(({ name }) => name.length),
    ...groups.map((group) => (group ?? '').length + 10),
  );
  const figures = (title: string, rows: readonly Compared[]) => figureTable(title.padEnd(width), rows);
  const differing = comparison.findings.filter((finding) => finding.a !== finding.b);
  const blocks = [
    `${head('A', a)}\n${head('B', b)}`,
    figures('STEP', [...comparison.timeline, comparison.took]),
    ...groups.map((group) =>
      figures(
        group === undefined ? 'MEASURE' : `MEASURE (${group})`,
        comparison.measures.filter((one) => one.group === group),
      ),
    ),
    ...(probes.length > 0 ? [figures('PROBE', probes)] : []),
    differing.length === 0
      ? `all ${comparison.findings.length} findings have the same verdict`
      : table(
          ['FINDING', 'A', 'B'],
          differing.map((one) => [one.name, one.a ?? '-', one.b ?? '-']),
        ),
  ];
  return blocks.join('\n\n');
}

function head(letter: string, { verdict, startedAt, parameters, sentence }: RunHead): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return `${letter} ${verdictText(verdict)} ${startedAt.slice(0, 19).replace('T', ' ')} ${given.join(' ')}\n  ${pc.dim(sentence)}`;
}

function figureTable(title: string, rows: readonly Compared[]): string {
  const cells = rows.map((row) =>
    [figure(row.a, row.unit), figure(row.b, row.unit), difference(row), ratio(row.ratio)].map((cell) =>
      cell.padStart(10),
    ),
  );
  const header = [title, ...['A', 'B', 'B - A', 'B / A'].map((cell) => cell.padStart(10))];
  return table(
    header,
    rows.map(({ name }, index) => [name, ...(cells[index] ?? [])]),
  );
}
