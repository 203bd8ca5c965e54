import type { Compared, Comparison, RunHead } from '../compare-runs.ts';
import { type Markup, markup } from './markup.ts';
import { page } from './page.ts';
import { percentOf } from './scale.ts';
import { verdictMark } from './verdict-mark.ts';
import { difference, figure, ratio } from './words.ts';

/** Two runs side by side as one HTML file, of the same kind as a report. Pure. */
export function renderComparisonHtml(comparison: Comparison): string {
  const { a, b, scenario } = comparison;
  const groups = [...new Set(comparison.measures.map(({ group }) => group))];
  const probes = [...new Set(comparison.probes.map(({ probe }) => probe))];
  const differing = comparison.findings.filter((finding) => finding.a !== finding.b);
  return page({
    title: `${scenario}: two runs compared`,
    navigation: [
      { id: 'steps', title: 'Steps' },
      { id: 'measures', title: 'Measures' },
      { id: 'probes', title: 'Probes' },
      { id: 'findings', title: 'Findings' },
    ],
    content: markup`<header class="compare"><p class="kicker">coreos-lab · scenario <strong>${scenario}</strong></p><h1>Two runs side by side</h1><div class="sides">${side('A', a)}${side('B', b)}</div></header>
${section('steps', 'Step by step', [table('since the first moment', [...comparison.timeline, comparison.took])])}
${section(
  'measures',
  'Measures',
  groups.map((group) =>
    table(
      group,
      comparison.measures.filter((one) => one.group === group),
    ),
  ),
)}
${section(
  'probes',
  'Probes',
  probes.map((probe) =>
    table(
      probe,
      comparison.probes.filter((one) => one.probe === probe),
    ),
  ),
)}
<section id="findings" aria-labelledby="findings-h"><h2 id="findings-h">Findings that differ</h2>${
      differing.length === 0
        ? markup`<p>None: all ${comparison.findings.length} verdicts are the same.</p>`
        : markup`<table><thead><tr><th scope="col">finding</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>${differing.map(
            (one) => markup`<tr><th scope="row">${one.name}</th><td>${one.a ?? '–'}</td><td>${one.b ?? '–'}</td></tr>`,
          )}</tbody></table>`
    }</section>`,
  });
}

function side(letter: string, { verdict, sentence, command, startedAt, parameters }: RunHead): Markup {
  return markup`<div><h2>${letter} ${verdictMark(verdict)}</h2><p>${sentence}</p><p class="muted">${startedAt.slice(0, 19).replace('T', ' ')} UTC · ${Object.entries(
    parameters,
  )
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}</p><p><code>${command}</code></p></div>`;
}

function section(id: string, title: string, tables: readonly Markup[]): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${title}</h2>${tables.length === 0 ? markup`<p class="muted">Neither run has any.</p>` : tables}</section>`;
}

function table(caption: string | undefined, rows: readonly Compared[]): Markup {
  const scale = Math.max(...rows.filter(({ unit }) => unit === 'ms').map(({ a, b }) => Math.max(a ?? 0, b ?? 0)));
  return markup`<div class="wide"><table class="compared">${caption !== undefined && markup`<caption>${caption}</caption>`}<thead><tr><th scope="col">figure</th><th scope="col" class="num">A</th><th scope="col" class="num">B</th><th scope="col" class="num">B − A</th><th scope="col" class="num">B / A</th><th scope="col">A above, B below</th></tr></thead><tbody>${rows.map(
    (row) =>
      markup`<tr><th scope="row">${row.name}</th><td class="num">${figure(row.a, row.unit)}</td><td class="num">${figure(row.b, row.unit)}</td><td class="num">${difference(row)}</td><td class="num">${ratio(row.ratio)}</td><td>${row.unit === 'ms' && bars(row, scale)}</td></tr>`,
  )}</tbody></table></div>`;
}

function bars({ a, b }: Compared, scale: number): Markup {
  const told = `A ${figure(a, 'ms')}, B ${figure(b, 'ms')}`;
  return markup`<svg role="img" aria-label="${told}" width="100%" height="16"><title>${told}</title><rect class="side-a" x="0" y="1" width="${percentOf(a ?? 0, scale)}%" height="6"/><rect class="side-b" x="0" y="9" width="${percentOf(b ?? 0, scale)}%" height="6"/></svg>`;
}
