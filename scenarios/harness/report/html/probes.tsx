import type { ProbeSummary } from '../../record/run-report.ts';
import { Section } from './parts/section.tsx';
import { type Column, WideTable } from './parts/table.tsx';
import { duration } from './parts/words.ts';

const columns: readonly Column[] = [
  ['probe'],
  ['asked', 'num'],
  ['failed', 'num'],
  ['median', 'num'],
  ['99th per cent', 'num'],
  ['worst', 'num'],
  ['longest outage', 'num'],
];

/** What visitors and clients got, one probe a row. */
export function Probes({ probes }: { readonly probes: readonly ProbeSummary[] }) {
  return (
    <Section id="probes" title="Probes">
      <WideTable className="stacked asked" columns={columns}>
        {probes.map((summary, index) => (
          <tr key={index}>
            <th scope="row">{summary.probe}</th>
            {figures(summary).map((text, column) => (
              <td key={column} className="num">
                {text}
              </td>
            ))}
          </tr>
        ))}
      </WideTable>
      <p className="muted">An outage is a stretch without one good answer from any machine.</p>
    </Section>
  );
}

function figures({ asked, failed, medianMs, p99Ms, worstMs, longestOutageMs }: ProbeSummary): readonly string[] {
  return [
    String(asked),
    asked > 0 && failed > 0 ? `${failed} (${((100 * failed) / asked).toFixed(1)} %)` : String(failed),
    ...[medianMs, p99Ms, worstMs].map(duration),
    longestOutageMs > 0 ? duration(longestOutageMs) : 'none',
  ];
}
