import type { RunReport } from '../../record/run-report.ts';
import { Facts } from './head.tsx';
import { Section } from './parts/section.tsx';
import { duration } from './parts/words.ts';

/** What the harness cost, how exact its clock was, and the timers that predictions are made of. */
export function Harness({ report: { harness, lab } }: { readonly report: RunReport }) {
  const { probeCpuPercent, clockErrorMs } = harness;
  const timers = Object.entries(lab.timers).map(([name, value]) => `${name} ${value}`);
  const load = probeCpuPercent === undefined ? 'not measured' : `${probeCpuPercent.toFixed(1)} % of one core`;
  const error = clockErrorMs === undefined ? 'not measured' : `at most ${duration(clockErrorMs)}`;
  return (
    <Section id="harness" title="How far to trust the figures">
      <Facts
        facts={[
          ['probes’ own load', load],
          ['clock error against the machines’ journals', error],
        ]}
      />
      <details>
        <summary>Configured timers</summary>
        <p className="mono">{timers.join(' · ')}</p>
      </details>
    </Section>
  );
}
