import { hundredths } from '#errors/seconds.ts';
import type { RunReport } from '../../record/run-report.ts';
import { Section } from './parts/section.tsx';
import { type Column, WideTable } from './parts/table.tsx';
import { shortUnit } from '../../record/unit-name.ts';

type Decision = RunReport['decisions'][number];

const columns: readonly Column[] = [['at', 'num'], ['decision'], ['reason, in fleet’s own words'], ['engine on']];

/** Each decision of the fleet engine with the reason that it gave. */
export function Decisions({ decisions }: { readonly decisions: readonly Decision[] }) {
  return (
    <Section id="decisions" title="What the engine decided, and why">
      <WideTable className="decisions" columns={columns}>
        {decisions.map((decision, index) => (
          <tr key={index}>
            <td className="num">{hundredths(decision.atMs)}</td>
            <td>
              <strong>{decision.kind}</strong> {shortUnit(decision.unit)}
              <small>{way(decision)}</small>
            </td>
            <td>{decision.reason}</td>
            <td>{decision.engine}</td>
          </tr>
        ))}
      </WideTable>
    </Section>
  );
}

/** `core-03 → core-01`; empty where the decision names no machine. */
function way({ from, to }: Decision): string {
  if (from === undefined && to === undefined) return '';
  return `${from ?? ''} → ${to ?? 'no machine'}`;
}
