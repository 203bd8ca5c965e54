import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { hundredths } from '#errors/seconds.ts';
import { extent, percent } from '../parts/picture.ts';
import { Bar, type Box, Label } from './bar.tsx';
import type { Lane, Segment } from './lanes.ts';
import type { Row } from './timeline-layout.ts';

type Faults = RunReport['faults'];

/** One lane of the timeline, which says in words what it draws. */
export function LanePicture(props: {
  readonly row: Extract<Row, { readonly kind: 'lane' }>;
  readonly spanMs: number;
  /** In the order of their colours. */
  readonly machines: readonly string[];
  readonly faults: Faults;
}) {
  const { row, spanMs, machines } = props;
  const { lane, y, height } = row;
  const each = (height - 5) / lane.rows;
  const faults = lane.group === 'machine' ? props.faults.filter(({ machine }) => machine === lane.name) : [];
  const bars = faults.map((fault) => extent(fault, spanMs));
  return (
    <g className="lane" tabIndex={0} role="img" aria-label={inWords(lane, faults)}>
      <rect className="lane-ground" x="0" y={y} width="100%" height={height} />
      {lane.segments.map((segment, index) => (
        <SegmentPicture
          key={index}
          segment={segment}
          box={{ ...extent(segment, spanMs), y: y + 2 + each * segment.row, height: each - 1 }}
          hue={hueOf(lane, segment, machines)}
        />
      ))}
      {bars.map(({ x, width }, index) => (
        <rect key={index} className="fault-bar" x={percent(x)} y={y + height - 4} width={percent(width)} height="3" />
      ))}
    </g>
  );
}

function inWords(lane: Lane, faults: Faults): string {
  const parts = [
    ...lane.segments.map(({ fromMs, toMs, text }) => `${hundredths(fromMs)} to ${hundredths(toMs)} ${text}`),
    ...faults.map(({ name, fromMs, toMs }) => `fault: ${name}, ${hundredths(fromMs)} to ${hundredths(toMs)}`),
  ];
  return `${lane.label}: ${parts.join('; ')}`;
}

type Hue = 'key' | '' | `m${number}`;

function hueOf({ group }: Lane, { machine }: Segment, machines: readonly string[]): Hue {
  if (group === 'key') return 'key';
  return machine === undefined ? '' : `m${Math.max(0, machines.indexOf(machine)) % 5}`;
}

function SegmentPicture({ segment, box, hue }: { readonly segment: Segment; readonly box: Box; readonly hue: Hue }) {
  const { kind, text, fromMs, toMs, machine } = segment;
  const title = `${text}, ${hundredths(fromMs)} to ${hundredths(toMs)}`;
  if (kind === 'waiting') return <Waiting title={title} text={text} box={box} />;
  const state = kind === 'on' && machine !== undefined ? machine : text.replace(/ on .*/, '');
  const hatched = kind === 'changing' && hue.startsWith('m');
  return (
    <Bar
      className={`seg ${kind} ${hue}`}
      box={box}
      text={kind === 'failed' ? `✗ ${state}` : state}
      title={title}
      fill={hatched ? `url(#hatch${hue.slice(1)})` : undefined}
    />
  );
}

/** A dotted line through the box. */
function Waiting({ title, text, box }: { readonly title: string; readonly text: string; readonly box: Box }) {
  const middle = box.y + box.height / 2;
  const words = /^no(t| machine| such)/.exec(text) === null ? '' : (text.split(':')[0] ?? '');
  return (
    <g className="waiting">
      <title>{title}</title>
      <line x1={percent(box.x)} x2={percent(box.x + box.width)} y1={middle} y2={middle} />
      <Label box={box} text={words} />
    </g>
  );
}
