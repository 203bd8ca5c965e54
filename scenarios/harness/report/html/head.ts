import type { RunReport } from '../run-report.ts';
import { type Markup, markup } from './markup.ts';
import { verdictWords } from './verdict-mark.ts';
import { duration } from './words.ts';

const spoken = { pass: 'Passed', fail: 'Failed', unknown: 'Unknown' } as const;

/** The verdict in one sentence, what was run, and how to run it again. */
export function head(report: RunReport): Markup {
  const { verdict } = report;
  const facts: [string, string][] = [
    ...Object.entries(report.parameters).map(([name, value]): [string, string] => [name, String(value)]),
    ...Object.entries(report.facts)
      .filter(([name]) => !(name in report.parameters))
      .map(([name, value]): [string, string] => [name, String(value)]),
    ['began', `${report.startedAt.slice(0, 19).replace('T', ' ')} UTC`],
    ['took', duration(report.tookMs)],
    ['lab', `${report.lab.name}, ${report.lab.provider}`],
  ];
  return markup`<header class="${verdict}">
<p class="kicker">coreos-lab · scenario <strong>${report.scenario}</strong></p>
<h1><span class="badge ${verdict}"><span aria-hidden="true">${verdictWords[verdict].symbol}</span> ${spoken[verdict]}</span> ${report.sentence}</h1>
<p class="summary">${report.summary.charAt(0).toUpperCase() + report.summary.slice(1)}</p>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="repeat">Repeat it: <code>${report.command}</code></p>
</header>`;
}
