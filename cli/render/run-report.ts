import pc from 'picocolors';
import { unpredicted } from '#scenarios/harness/record/against-prediction.ts';
import type { Measure, Prediction, RunReport } from '#scenarios/harness/record/run-report.ts';
import type { Verdict } from '#scenarios/harness/record/verdict.ts';
import { seconds } from '#errors/seconds.ts';
import { fold } from './fit.ts';
import { table } from './table.ts';
import { columnsOf } from './terminal.ts';
import { verdictText } from './verdict.ts';

/**
 * The timeline, the measures, the findings and the verdict, as text.
 * @param columns Infinity for what is no terminal
 */
export function renderRunReport(report: RunReport, columns = columnsOf(process.stdout)): string {
  const facts = Object.entries(report.facts).map(([name, value]) => [name, String(value)]);
  return [
    '',
    pc.bold(report.command),
    ...(report.timeline.length > 0 ? [timelineTable(report, columns), ''] : []),
    ...measureTables(report.measures, columns),
    ...(report.probes.length > 0 ? [probeTable(report, columns), ''] : []),
    ...(facts.length > 0 ? [table(['FACT', ''], facts, columns), ''] : []),
    ...report.findings.map(
      ({ name, verdict, evidence }) =>
        `${mark(verdict)} ${fold(name, columns, 2)}\n    ${pc.dim(indented(evidence.trimEnd(), columns))}`,
    ),
    '',
    fold(`${verdictText(report.verdict)}  ${report.sentence}`, columns),
    after(report, columns),
    ...(report.verdict === 'fail' ? [`again: ${report.command}`] : []),
  ].join('\n');
}

/** The path stays whole, to be copied. */
function after({ tookMs, runDir }: RunReport, columns: number): string {
  const parts = [`after ${seconds(tookMs)}; report:`, `${runDir}/report.html`];
  return parts.join(parts.join(' ').length <= columns ? ' ' : '\n');
}

/** Each line of the evidence is folded by itself: it may be a table. */
function indented(evidence: string, columns: number): string {
  const lines = evidence.split('\n').map((line) => fold(line, columns, 4));
  return lines.join('\n    ');
}

function timelineTable({ timeline }: RunReport, columns: number): string {
  const t0 = timeline[0]?.atMs;
  let previous = t0;
  const rows = timeline.map((step, index) => {
    const since = step.atMs === undefined || t0 === undefined ? undefined : step.atMs - t0;
    const own = index === 0 || step.atMs === undefined || previous === undefined ? '' : seconds(step.atMs - previous);
    if (step.atMs !== undefined) previous = step.atMs;
    const shown = since === undefined ? '-' : `+${seconds(since)}`;
    const predicted = compared(step.predicted, since);
    return [`T${index}`, step.name, shown.padStart(9), own.padStart(9), predicted, step.detail];
  });
  return table(['', 'STEP', ' SINCE T0', '     STEP', 'PREDICTED', 'WHAT'], rows, columns);
}

function measureTables(measures: readonly Measure[], columns: number): string[] {
  const groups = [...new Set(measures.map(({ group }) => group ?? ''))];
  return groups.flatMap((group) => {
    const rows = measures
      .filter((measure) => (measure.group ?? '') === group)
      .map((m) => [
        m.name,
        (m.ms === undefined ? 'never' : seconds(m.ms)).padStart(9),
        m.predicted === undefined ? pc.dim(unpredicted) : compared(m.predicted, m.ms),
        m.detail ?? '',
      ]);
    return [table([group === '' ? 'MEASURE' : group.toUpperCase(), '     TOOK', 'PREDICTED', ''], rows, columns), ''];
  });
}

/** `0.5-1.2 s`, and by how much it was missed. */
function compared(predicted: Prediction | undefined, ms: number | undefined): string {
  if (predicted === undefined) return '';
  const range = `${(predicted.minMs / 1000).toFixed(1)}-${seconds(predicted.maxMs)}`;
  return ms !== undefined && ms > predicted.maxMs ? `${range}, over by ${seconds(ms - predicted.maxMs)}` : range;
}

function probeTable({ probes, harness }: RunReport, columns: number): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(10);
  const rows = probes.map((p) => [
    p.probe,
    String(p.asked).padStart(6),
    String(p.failed).padStart(6),
    ms(p.medianMs),
    ms(p.p99Ms),
    seconds(p.longestOutageMs).padStart(9),
  ]);
  const lines = [table(['PROBE', ' ASKED', 'FAILED', '    MEDIAN', '       P99', '   OUTAGE'], rows, columns)];
  const cpu = harness.probeCpuPercent === undefined ? [] : [`probes ${harness.probeCpuPercent.toFixed(1)} % of a core`];
  const clock = harness.clockErrorMs === undefined ? [] : [`clock error ${harness.clockErrorMs.toFixed(1)} ms`];
  const legend = ['OUTAGE is the longest time without a good answer'];
  if (probes.some(({ probe }) => probe === 'socket'))
    legend.push("socket's times are the age of a page's newest rows, which come every few seconds");
  return [...lines, pc.dim(fold(legend.join('; '), columns)), pc.dim(fold([...cpu, ...clock].join(', '), columns))]
    .join('\n')
    .trimEnd();
}

function mark(verdict: Verdict): string {
  switch (verdict) {
    case 'pass':
      return pc.green('✓');
    case 'fail':
      return pc.red('✗');
    case 'unknown':
      return pc.yellow('?');
  }
}
