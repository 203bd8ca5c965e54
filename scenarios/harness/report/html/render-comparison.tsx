import type { Compared, ComparedFinding, Comparison, RunHead } from '../../record/compare-runs.ts';
import { renderPage } from './page.tsx';
import { percent } from './parts/picture.ts';
import { percentOf } from './parts/scale.ts';
import { Section } from './parts/section.tsx';
import { type Column, Table, WideTable } from './parts/table.tsx';
import { VerdictMark } from './parts/verdict-mark.tsx';
import { difference, figure, ratio } from './parts/words.ts';

/** Two runs side by side as one HTML file, of the same kind as a report. Pure. */
export function renderComparisonHtml(comparison: Comparison): string {
  return renderPage({
    title: `${comparison.scenario}: two runs compared`,
    navigation: [
      { id: 'steps', title: 'Steps' },
      { id: 'measures', title: 'Measures' },
      { id: 'probes', title: 'Probes' },
      { id: 'findings', title: 'Findings' },
    ],
    children: <SideBySide comparison={comparison} />,
  });
}

function SideBySide({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, scenario, timeline, took, measures, probes, findings } = comparison;
  return (
    <>
      <header className="compare">
        <p className="kicker">
          coreos-lab · scenario <strong>{scenario}</strong>
        </p>
        <h1>Two runs side by side</h1>
        <div className="sides">
          <Side letter="A" run={a} />
          <Side letter="B" run={b} />
        </div>
      </header>
      <Section id="steps" title="Step by step">
        <ComparedTable caption="since the first moment" rows={[...timeline, took]} />
      </Section>
      <Section id="measures" title="Measures">
        <ComparedTables rows={measures} captionOf={({ group }) => group} />
      </Section>
      <Section id="probes" title="Probes">
        <ComparedTables rows={probes} captionOf={({ probe }) => probe} />
      </Section>
      <Section id="findings" title="Findings that differ">
        <Differing findings={findings} />
      </Section>
    </>
  );
}

function Side({ letter, run }: { readonly letter: string; readonly run: RunHead }) {
  const parameters = Object.entries(run.parameters).map(([name, value]) => `${name} ${value}`);
  return (
    <div>
      <h2>
        {letter} <VerdictMark verdict={run.verdict} />
      </h2>
      <p>{run.sentence}</p>
      <p className="muted">
        {run.startedAt.slice(0, 19).replace('T', ' ')} UTC · {parameters.join(', ')}
      </p>
      <p>
        <code>{run.command}</code>
      </p>
    </div>
  );
}

/** A table for all rows with the same caption. */
function ComparedTables<T extends Compared>(props: {
  readonly rows: readonly T[];
  readonly captionOf: (row: T) => string | undefined;
}) {
  const { rows, captionOf } = props;
  if (rows.length === 0) return <p className="muted">Neither run has any.</p>;
  return [...new Set(rows.map(captionOf))].map((caption, index) => (
    <ComparedTable key={index} caption={caption} rows={rows.filter((row) => captionOf(row) === caption)} />
  ));
}

const columns: readonly Column[] = [
  ['figure'],
  ['A', 'num'],
  ['B', 'num'],
  ['B − A', 'num'],
  ['B / A', 'num'],
  ['A above, B below'],
];

function ComparedTable({
  caption,
  rows,
}: {
  readonly caption: string | undefined;
  readonly rows: readonly Compared[];
}) {
  const scale = Math.max(...rows.filter(({ unit }) => unit === 'ms').map(({ a, b }) => Math.max(a ?? 0, b ?? 0)));
  return (
    <WideTable className="compared" caption={caption} columns={columns}>
      {rows.map((row, index) => (
        <tr key={index}>
          <th scope="row">{row.name}</th>
          <td className="num">{figure(row.a, row.unit)}</td>
          <td className="num">{figure(row.b, row.unit)}</td>
          <td className="num">{difference(row)}</td>
          <td className="num">{ratio(row.ratio)}</td>
          <td>{row.unit === 'ms' && <Bars row={row} scale={scale} />}</td>
        </tr>
      ))}
    </WideTable>
  );
}

function Bars({ row: { a, b }, scale }: { readonly row: Compared; readonly scale: number }) {
  const told = `A ${figure(a, 'ms')}, B ${figure(b, 'ms')}`;
  return (
    <svg role="img" aria-label={told} width="100%" height="16">
      <title>{told}</title>
      <rect className="side-a" x="0" y="1" width={percent(percentOf(a ?? 0, scale))} height="6" />
      <rect className="side-b" x="0" y="9" width={percent(percentOf(b ?? 0, scale))} height="6" />
    </svg>
  );
}

function Differing({ findings }: { readonly findings: readonly ComparedFinding[] }) {
  const differing = findings.filter(({ a, b }) => a !== b);
  if (differing.length === 0) return <p>None: all {findings.length} verdicts are the same.</p>;
  return (
    <Table columns={[['finding'], ['A'], ['B']]}>
      {differing.map(({ name, a, b }, index) => (
        <tr key={index}>
          <th scope="row">{name}</th>
          <td>{a ?? '–'}</td>
          <td>{b ?? '–'}</td>
        </tr>
      ))}
    </Table>
  );
}
