import { hundredths } from '#errors/seconds.ts';
import type { RunReport } from '../../record/run-report.ts';
import { Section } from './parts/section.tsx';
import { type Column, WideTable } from './parts/table.tsx';
import { duration } from './parts/words.ts';

const columns: readonly Column[] = [['fault'], ['machine'], ['from', 'num'], ['to', 'num'], ['lasted', 'num']];

/** What was broken, where, and how long. */
export function Faults({ faults }: { readonly faults: RunReport['faults'] }) {
  return (
    <Section id="faults" title="Faults">
      <WideTable className="stacked faulted" columns={columns}>
        {faults.map(({ name, machine, fromMs, toMs }, index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>{machine}</td>
            <td className="num">{hundredths(fromMs)}</td>
            <td className="num">{hundredths(toMs)}</td>
            <td className="num">{duration(toMs - fromMs)}</td>
          </tr>
        ))}
      </WideTable>
    </Section>
  );
}
