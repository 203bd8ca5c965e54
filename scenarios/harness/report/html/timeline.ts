import type { RunEvent } from '../../event-log.ts';
import type { Sample } from '../../probes/sample.ts';
import type { RunReport } from '../run-report.ts';
import { probeSeries } from './buckets.ts';
import { lanesOf } from './lanes.ts';
import { type Markup, markup } from './markup.ts';
import { type Row, timelineLayout } from './timeline-layout.ts';
import { timelineSvg } from './timeline-svg.ts';

/** Width of the picture on an A4 page, px; names that need more room would lie on each other there. */
const paperWidth = 800;

/** All that happened on one time axis; names stay in view when it scrolls. */
export function timeline(run: { report: RunReport; events: readonly RunEvent[]; samples: readonly Sample[] }): Markup {
  const { report, events, samples } = run;
  const [first] = events;
  const wallToRunMs = first === undefined ? Date.parse(report.startedAt) : first.wallMs - first.atMs;
  const lanes = lanesOf(events, report.tookMs);
  // One bucket is about 3 px wide.
  const buckets = Math.min(1_200, Math.max(240, Math.round(report.tookMs / 250)));
  const probes = probeSeries(samples, { wallToRunMs, spanMs: report.tookMs, count: buckets });
  const layout = timelineLayout(report, lanes, probes);
  return markup`<section id="timeline" aria-labelledby="timeline-h"><h2 id="timeline-h">What happened when</h2>
<p class="skip"><a href="#after-timeline">Skip the timeline</a></p>
${legend(report, probes.length > 0)}
<div class="scroll" tabindex="0" role="region" aria-label="Timeline, scrolls sideways"><div class="chart${layout.minWidth > paperWidth && ' dense'}" style="--min:${layout.minWidth}px">
<div class="names" aria-hidden="true">${layout.rows.map(name)}</div>
${timelineSvg(report, layout)}</div></div>
<p id="readout" class="readout" aria-live="polite">Every lane can be focused (Tab, then arrow keys) or tapped; what it shows is then said here in words.</p>
<p id="after-timeline" class="muted">Everything drawn here is also listed in words under <a href="#record">the record</a>.</p></section>`;
}

function name(row: Row): Markup {
  // The instance after @ or / is what tells neighbours apart: it is never cut.
  const [, stem = row.label, instance = ''] = /^(.+?)([@/][^@/]*)$/.exec(row.label) ?? [];
  return markup`<div class="name ${row.kind}" style="height:${row.height}px">${
    row.kind === 'probe'
      ? markup`<span>${row.label}<small>${failures(row.series)}</small></span>`
      : markup`<span>${stem}</span>${instance}`
  }</div>`;
}

function failures({ asked, failed }: { asked: number; failed: number }): string {
  return failed === 0 ? `${asked} asked, none failed` : `✗ ${failed} of ${asked} failed`;
}

function legend(report: RunReport, probes: boolean): Markup {
  return markup`<ul class="legend">
<li><span class="swatch on"></span> running (colour and name: which machine)</li>
<li><span class="swatch changing"></span> starting or stopping</li>
<li><span class="swatch waiting"></span> nowhere</li>
${report.faults.length > 0 && markup`<li><span class="swatch fault"></span> a fault is in force</li>`}
${probes && markup`<li><span class="swatch median"></span> median and <span class="swatch worst"></span> slowest good answer</li><li><span class="swatch failing"></span> share that failed</li>`}
</ul>`;
}
