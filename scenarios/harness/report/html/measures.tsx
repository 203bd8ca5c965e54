import { unpredicted } from '../../record/against-prediction.ts';
import type { Measure } from '../../record/run-report.ts';
import { PredictionCell } from './prediction.tsx';
import { Section } from './parts/section.tsx';
import { type Column, WideTable } from './parts/table.tsx';
import { duration } from './parts/words.ts';

const columns: readonly Column[] = [['measure'], ['measured', 'num'], ['predicted']];

/** One table for each group of measures: measured, predicted with its terms, and how they compare. */
export function Measures({ measures }: { readonly measures: readonly Measure[] }) {
  const groups = [...new Set(measures.map(({ group }) => group))];
  return (
    <Section id="measures" title="Measured and predicted">
      {groups.map((group, index) => (
        <MeasureTable key={index} group={group} rows={measures.filter((measure) => measure.group === group)} />
      ))}
      <p className="muted">
        In the pictures the band is what the configured timers predict, the dot is what was measured; each table has its
        own scale.
      </p>
    </Section>
  );
}

function MeasureTable({ group, rows }: { readonly group: string | undefined; readonly rows: readonly Measure[] }) {
  const scaleMs = Math.max(...rows.map(({ ms, predicted }) => Math.max(ms ?? 0, predicted?.maxMs ?? 0)));
  return (
    <WideTable className="figures measured" caption={group} columns={columns}>
      {rows.map(({ name, ms, predicted, detail = '' }, index) => (
        <tr key={index}>
          <th scope="row">
            {name}
            {detail !== '' && <small>{detail}</small>}
          </th>
          <td className="num">{ms === undefined ? <Never /> : duration(ms)}</td>
          <td>
            <PredictionCell ms={ms} predicted={predicted} scaleMs={scaleMs} otherwise={unpredicted} />
          </td>
        </tr>
      ))}
    </WideTable>
  );
}

/** In the place of the time of what did not happen. */
export function Never() {
  return <span className="never">never</span>;
}
