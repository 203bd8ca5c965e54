import type { DoctorReport } from './doctor.ts';

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** The report as a checklist: one line a check, its fix below it, the sum at the end. No colour; lines end with a newline. */
export function formatDoctorReport(report: DoctorReport): string {
  const width = Math.max(...report.checks.map(({ title }) => title.length));
  const lines = report.checks.flatMap(({ status, title, detail, fix }) => [
    `${marks[status]}  ${title.padEnd(width)}  ${detail}`,
    ...(fix === undefined ? [] : [`${' '.repeat(width + 8)}fix: ${fix}`]),
  ]);
  return [...lines, '', summary(report), `Beside what runs now there is ${report.roomText}.`, ''].join('\n');
}

function summary(report: DoctorReport): string {
  const count = (status: keyof typeof marks): number => report.checks.filter((check) => check.status === status).length;
  const warnings = count('warn') === 0 ? '' : `, ${count('warn')} to know about`;
  if (report.ok) return `This host can run the lab: ${count('ok')} of ${report.checks.length} checks ok${warnings}.`;
  return `This host cannot run the lab yet: ${count('fail')} of ${report.checks.length} checks failed${warnings}.`;
}
