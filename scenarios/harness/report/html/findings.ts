import type { RunReport } from '../run-report.ts';
import { type Markup, markup } from './markup.ts';
import { verdictMark } from './verdict-mark.ts';
import { count } from './words.ts';

const kinds = {
  claim: { title: 'What this scenario claims', order: 0 },
  invariant: { title: 'What must hold in every run', order: 1 },
  evidence: { title: 'Evidence', order: 2 },
} as const;

const severity = { fail: 0, unknown: 1, pass: 2 } as const;

/** Claims and invariants with their evidence; within each kind what did not pass comes first. */
export function findings(report: RunReport): Markup {
  const present = (['claim', 'invariant', 'evidence'] as const).filter((kind) =>
    report.findings.some((finding) => finding.kind === kind),
  );
  const tally = (['pass', 'fail', 'unknown'] as const)
    .map((verdict) => ({ verdict, number: report.findings.filter((finding) => finding.verdict === verdict).length }))
    .filter(({ number }) => number > 0)
    .map(({ verdict, number }) => `${number} ${verdict}`);
  return markup`<section id="findings" aria-labelledby="findings-h"><h2 id="findings-h">What it proves</h2>
<p class="muted">${count(report.findings.length, 'statement')}: ${tally.join(', ')}.</p>
${present.map((kind) => {
  const own = report.findings
    .filter((finding) => finding.kind === kind)
    .sort((a, b) => severity[a.verdict] - severity[b.verdict]);
  return markup`<h3>${kinds[kind].title}</h3><ul class="findings">${own.map(
    ({ name, verdict, evidence }) =>
      markup`<li class="${verdict}">${verdictMark(verdict)}<div><strong>${name}</strong><p>${evidence.split('\n').map((line, index) => [index > 0 && markup`<br/>`, line.trim()])}</p></div></li>`,
  )}</ul>`;
})}</section>`;
}
