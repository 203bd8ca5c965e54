import type { RunReport } from '../record/run-report.ts';
import { markup, trusted } from './html/parts/xml-text.ts';

/**
 * The findings as JUnit XML: one test case each; `fail` is a failure, `unknown` is skipped, both with their evidence.
 * Format: "JUnit XML format" as Jenkins, GitLab and Maven Surefire read it (times in seconds).
 */
export function junitXml(report: RunReport): string {
  const { scenario, findings, startedAt, tookMs } = report;
  const number = (verdict: string) => findings.filter((finding) => finding.verdict === verdict).length;
  const [failures, skipped] = [number('fail'), number('unknown')];
  const totals = markup`tests="${findings.length}" failures="${failures}" skipped="${skipped}" errors="0"`;
  const time = markup`time="${tookMs / 1_000}"`;
  return markup`${trusted('<?xml version="1.0" encoding="UTF-8"?>')}
<testsuites name="coreos-lab" ${totals} ${time}>
<testsuite name="lab scenario ${scenario}" ${totals} ${time} timestamp="${startedAt}">
<properties>${Object.entries({ command: report.command, verdict: report.verdict, ...report.parameters }).map(
    ([name, value]) => markup`<property name="${name}" value="${String(value)}"/>`,
  )}</properties>
${findings.map(
  ({ name, verdict, evidence, kind }) =>
    markup`<testcase classname="${scenario}.${kind}" name="${name}" time="0">${
      verdict === 'fail'
        ? markup`<failure message="${firstLine(evidence)}">${evidence}</failure>`
        : verdict === 'unknown'
          ? markup`<skipped message="unknown: ${firstLine(evidence)}"/>`
          : undefined
    }<system-out>${evidence}</system-out></testcase>
`,
)}</testsuite>
</testsuites>
`.text;
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
