import type { RunEvent } from '../../event-log.ts';
import type { Sample } from '../../probes/sample.ts';
import type { RunReport } from '../run-report.ts';
import { explanation } from './explanation.ts';
import { findings } from './findings.ts';
import { head } from './head.ts';
import { type Markup, markup } from './markup.ts';
import { measures, moments } from './measures.ts';
import { page } from './page.ts';
import { details, record } from './record.ts';
import { timeline } from './timeline.ts';
import { topology } from './topology.ts';

export interface RecordedRun {
  readonly report: RunReport;
  readonly events: readonly RunEvent[];
  readonly samples: readonly Sample[];
  /** PNG files of the run, base64; they become part of the page. */
  readonly screenshots?: readonly { readonly name: string; readonly base64: string }[];
}

/**
 * A recorded run as one HTML file that needs nothing else: readable on screens from 390 px, on paper, by keyboard and
 * by screen reader. Well-formed XML as well. Pure: the same record gives the same page.
 */
export function renderReportHtml(run: RecordedRun): string {
  const { report } = run;
  const sections: readonly (readonly [id: string, title: string, content: Markup | false])[] = [
    ['what', 'What you are looking at', explanation()],
    ['machines', 'Machines', report.snapshots.length > 0 && topology(report.snapshots)],
    ['timeline', 'Timeline', timeline(run)],
    ['moments', 'Steps', report.timeline.length > 0 && moments(report)],
    ['measures', 'Measures', report.measures.length > 0 && measures(report)],
    ['findings', 'Findings', findings(report)],
    ['decisions', 'Decisions', details(report)],
    ['screenshots', 'Pictures', screenshots(run.screenshots ?? [])],
    ['record', 'Record', record(run.events)],
  ];
  const present = sections.filter(([id, , content]) => content !== false && content.text.includes(`id="${id}"`));
  return page({
    title: `${report.verdict}: ${report.scenario}, ${report.startedAt.slice(0, 16).replace('T', ' ')}`,
    navigation: present.map(([id, title]) => ({ id, title })),
    content: markup`${head(report)}${sections.map(([, , content]) => content)}`,
  });
}

function screenshots(files: NonNullable<RecordedRun['screenshots']>): Markup | false {
  return (
    files.length > 0 &&
    markup`<section id="screenshots" aria-labelledby="screenshots-h"><h2 id="screenshots-h">What a visitor saw</h2><div class="pictures">${files.map(
      ({ name, base64 }) =>
        markup`<figure><img alt="The page in a browser: ${name}" src="data:image/png;base64,${base64}"/><figcaption>${name}</figcaption></figure>`,
    )}</div></section>`
  );
}
