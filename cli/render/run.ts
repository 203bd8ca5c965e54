import pc from 'picocolors';
import type { RunEvent } from '../../scenarios/harness/event-log.ts';
import type { RunReport } from '../../scenarios/harness/run-scenario.ts';
import type { Verdict } from '../../scenarios/harness/verdict.ts';
import { seconds } from './progress.ts';
import { table } from './table.ts';

/** Prints the events a person wants to see while a scenario runs, one line each, with the run's clock. */
export function renderRunEvent(): (event: RunEvent) => void {
  let wait: RunEvent | undefined;
  const print = (event: RunEvent, text: string): void => {
    console.log(`${pc.dim(`${(event.atMs / 1000).toFixed(2).padStart(7)} s`)}  ${text}`);
  };
  return (event) => {
    if (event.data['initial'] === true) return;
    if (event.type === 'wait') wait = event;
    // A condition that holds at once is not worth two lines.
    if (event.type === 'wait-missing' && wait !== undefined) {
      const { condition, deadlineMs } = wait.data as { condition: string; deadlineMs: number };
      print(wait, `… until ${condition} ${pc.dim(`(at most ${deadlineMs / 1000} s)`)}`);
      wait = undefined;
    }
    const text = eventText(event.type, event.data as Record<string, string | number | null>);
    if (text !== undefined) print(event, text);
  };
}

function eventText(type: string, data: Record<string, string | number | null>): string | undefined {
  switch (type) {
    case 'command':
      return pc.bold(`$ ${data['command'] ?? ''}`);
    case 'note':
      return pc.cyan(String(data['text']));
    case 'wait-held':
      return pc.green(`✓ ${data['condition'] ?? ''}`);
    case 'fault':
      return pc.red(`⚡ ${data['fault'] ?? ''}`);
    case 'machine-gone':
      return pc.yellow(`fleet: ${data['machine'] ?? ''} is gone`);
    case 'machine-present':
      return `fleet: ${data['machine'] ?? ''} is present`;
    case 'unit-target':
      return placement(data);
    case 'key-set':
      return `etcd: ${data['key'] ?? ''} = ${data['value'] ?? ''}`;
    case 'key-gone':
      return pc.yellow(`etcd: ${data['key'] ?? ''} is gone`);
    case 'error':
      return pc.red(String(data['message']));
    default:
      return undefined;
  }
}

function placement(data: Record<string, string | number | null>): string {
  const { unit, from, to, reason } = data;
  if (to === null)
    return pc.yellow(`fleet: ${unit ?? ''} has no machine${reason === null ? '' : ` (${reason ?? ''})`}`);
  return `fleet: ${unit ?? ''} ${from === null ? '' : `${from ?? ''} `}-> ${to ?? ''}`;
}

/** The timeline, the findings and the verdict, as text. */
export function renderRunReport(report: RunReport): string {
  const [fault] = report.timeline;
  let previous = fault?.atMs;
  const steps = report.timeline.map((step, index) => {
    const since = step.atMs === undefined || fault?.atMs === undefined ? '-' : `+${seconds(step.atMs - fault.atMs)}`;
    const own = index === 0 || step.atMs === undefined || previous === undefined ? '' : seconds(step.atMs - previous);
    if (step.atMs !== undefined) previous = step.atMs;
    return [`T${index}`, step.name, since.padStart(9), own.padStart(9), step.detail];
  });
  const findings = report.findings.map(
    (finding) => `${mark(finding.verdict)} ${finding.name}\n    ${pc.dim(finding.evidence)}`,
  );
  const command = `lab scenario ${report.scenario}${report.parameters.by === 'cut' ? ' --cut' : ''}`;
  return [
    '',
    pc.bold(`${command}: ${String(report.facts['machine'] ?? '')}`),
    ...(steps.length > 0 ? [table(['', 'STEP', ' SINCE T0', '     STEP', 'WHAT'], steps), ''] : []),
    ...findings,
    '',
    `${verdictText(report.verdict)}  after ${seconds(report.tookMs)}; evidence in ${report.runDir}`,
  ].join('\n');
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

function verdictText(verdict: Verdict): string {
  const text = ` ${verdict.toUpperCase()} `;
  return verdict === 'pass'
    ? pc.bgGreen(pc.black(text))
    : verdict === 'fail'
      ? pc.bgRed(pc.white(text))
      : pc.bgYellow(pc.black(text));
}
