import type { RunEvent } from '../../record/run-event.ts';
import type { Sample } from '../../record/sample.ts';
import type { RunReport } from '../../record/run-report.ts';
import { Decisions } from './decisions.tsx';
import { Explanation } from './explanation.tsx';
import { Faults } from './faults.tsx';
import { Findings } from './findings.tsx';
import { Harness } from './harness.tsx';
import { Head } from './head.tsx';
import { Measures } from './measures.tsx';
import { Moments } from './moments.tsx';
import { renderPage } from './page.tsx';
import { Probes } from './probes.tsx';
import { EventRecord } from './record.tsx';
import { type Screenshot, Screenshots } from './screenshots.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { Topology } from './topology.tsx';

export interface RecordedRun {
  readonly report: RunReport;
  readonly events: readonly RunEvent[];
  readonly samples: readonly Sample[];
  /** PNG files of the run, base64; they become part of the page. */
  readonly screenshots?: readonly Screenshot[];
}

/**
 * A recorded run as one HTML file that needs nothing else: readable on screens from 390 px, on paper, by keyboard and
 * by screen reader. Well-formed XML as well. Pure: the same record gives the same page.
 */
export function renderReportHtml(run: RecordedRun): string {
  const { verdict, scenario, startedAt } = run.report;
  return renderPage({
    title: `${verdict}: ${scenario}, ${startedAt.slice(0, 16).replace('T', ' ')}`,
    navigation: navigation(run),
    children: <Report {...run} />,
  });
}

function Report({ report, events, samples, screenshots = [] }: RecordedRun) {
  const { snapshots, timeline, measures, findings, faults, decisions, probes } = report;
  return (
    <>
      <Head report={report} />
      <Explanation />
      {snapshots.length > 0 && <Topology snapshots={snapshots} />}
      <Timeline report={report} events={events} samples={samples} />
      {timeline.length > 0 && <Moments report={report} />}
      {measures.length > 0 && <Measures measures={measures} />}
      <Findings findings={findings} />
      {faults.length > 0 && <Faults faults={faults} />}
      {decisions.length > 0 && <Decisions decisions={decisions} />}
      {probes.length > 0 && <Probes probes={probes} />}
      <Harness report={report} />
      {screenshots.length > 0 && <Screenshots files={screenshots} />}
      <EventRecord events={events} />
    </>
  );
}

/** The parts that a reader may want to go to, of those that the page has. */
function navigation({ report, screenshots = [] }: RecordedRun): { id: string; title: string }[] {
  const { snapshots, timeline, measures, decisions } = report;
  const parts = [
    { id: 'what', title: 'What you are looking at', present: true },
    { id: 'machines', title: 'Machines', present: snapshots.length > 0 },
    { id: 'timeline', title: 'Timeline', present: true },
    { id: 'moments', title: 'Steps', present: timeline.length > 0 },
    { id: 'measures', title: 'Measures', present: measures.length > 0 },
    { id: 'findings', title: 'Findings', present: true },
    { id: 'decisions', title: 'Decisions', present: decisions.length > 0 },
    { id: 'screenshots', title: 'Pictures', present: screenshots.length > 0 },
    { id: 'record', title: 'Record', present: true },
  ];
  return parts.filter(({ present }) => present);
}
