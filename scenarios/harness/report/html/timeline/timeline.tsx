import type { CSSProperties } from 'react';
import type { RunEvent } from '#scenarios/harness/record/run-event.ts';
import type { Sample } from '#scenarios/harness/record/sample.ts';
import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { Section } from '../parts/section.tsx';
import { probeSeries } from './buckets.ts';
import { lanesOf } from './lanes.ts';
import { type Layout, type Row, timelineLayout } from './timeline-layout.ts';
import { Legend } from './timeline-legend.tsx';
import { TimelineSvg } from './timeline-svg.tsx';

/** Width of the picture on an A4 page, px; names that need more room would lie on each other there. */
const paperWidth = 800;

interface TimelineProps {
  readonly report: RunReport;
  readonly events: readonly RunEvent[];
  readonly samples: readonly Sample[];
}

/** All that happened on one time axis; names stay in view when it scrolls. */
export function Timeline({ report, events, samples }: TimelineProps) {
  const [first] = events;
  const wallToRunMs = first === undefined ? Date.parse(report.startedAt) : first.wallMs - first.atMs;
  // One bucket is about 3 px wide.
  const buckets = Math.min(1_200, Math.max(240, Math.round(report.tookMs / 250)));
  const probes = probeSeries(samples, { wallToRunMs, spanMs: report.tookMs, count: buckets });
  return (
    <Section id="timeline" title="What happened when">
      <p className="skip">
        <a href="#after-timeline">Skip the timeline</a>
      </p>
      <Legend faults={report.faults.length > 0} probes={probes.length > 0} />
      <Chart report={report} layout={timelineLayout(report, lanesOf(events, report.tookMs), probes)} />
      <p id="readout" className="readout" aria-live="polite">
        Every lane can be focused (Tab, then arrow keys) or tapped; what it shows is then said here in words.
      </p>
      <p id="after-timeline" className="muted">
        Everything drawn here is also listed in words under <a href="#record">the record</a>.
      </p>
    </Section>
  );
}

function Chart({ report, layout }: { readonly report: RunReport; readonly layout: Layout }) {
  const { minWidth, rows } = layout;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Timeline, scrolls sideways">
      <div
        className={`chart${minWidth > paperWidth ? ' dense' : ''}`}
        style={{ '--min': `${minWidth}px` } as CSSProperties}
      >
        <div className="names" aria-hidden="true">
          {rows.map((row) => (
            <Name key={row.y} row={row} />
          ))}
        </div>
        <TimelineSvg report={report} layout={layout} />
      </div>
    </div>
  );
}

function Name({ row }: { readonly row: Row }) {
  return (
    <div className={`name ${row.kind}`} style={{ height: row.height }}>
      {row.kind === 'probe' ? (
        <span>
          {row.label}
          <small>{failures(row.series)}</small>
        </span>
      ) : (
        <CutName label={row.label} />
      )}
    </div>
  );
}

/** The instance after @ or / is what tells neighbours apart: it is never cut. */
function CutName({ label }: { readonly label: string }) {
  const [, stem = label, instance = ''] = /^(.+?)([@/][^@/]*)$/.exec(label) ?? [];
  return (
    <>
      <span>{stem}</span>
      {instance}
    </>
  );
}

function failures({ asked, failed }: { readonly asked: number; readonly failed: number }): string {
  return failed === 0 ? `${asked} asked, none failed` : `✗ ${failed} of ${asked} failed`;
}
