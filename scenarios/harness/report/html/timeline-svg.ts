import type { RunReport } from '../run-report.ts';
import type { Lane, Segment } from './lanes.ts';
import { type Markup, markup } from './markup.ts';
import { probeStrip } from './probe-strip.ts';
import { percentOf, ticks } from './scale.ts';
import type { Layout, Row } from './timeline-layout.ts';
import { clock } from './words.ts';

/**
 * The picture of the timeline. Across, everything is in per cent of the run, so that it fits any width without
 * distorting text; down, in px of the layout.
 */
export function timelineSvg(report: RunReport, layout: Layout): Markup {
  const { height, spanMs, rows } = layout;
  const machines = report.snapshots[0]?.machines.map(({ name }) => name) ?? laneMachines(rows);
  const draw = drawing(report, layout, machines);
  return markup`<svg class="plot" width="100%" height="${height}" role="group" aria-labelledby="plot-title"><title id="plot-title">Timeline of the run, ${clock(spanMs)} from left to right</title>
<defs>${[0, 1, 2, 3, 4].map(
    (index) =>
      markup`<pattern id="hatch${index}" class="m${index}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><path class="hatch-line" d="M0 0V6"/></pattern>`,
  )}</defs>
${report.faults.map(({ fromMs, toMs }) => {
  const [x, width] = extent(fromMs, toMs, spanMs);
  return markup`<rect class="fault-window" x="${x}%" y="24" width="${width}%" height="${height - 48}"/>`;
})}
${ticks(spanMs, 12).map((ms) => markup`<line class="grid" x1="${percentOf(ms, spanMs)}%" x2="${percentOf(ms, spanMs)}%" y1="18" y2="${height - 18}"/>`)}
${rows.map(draw)}
${happened(report).map(({ atMs }) => {
  const x = percentOf(atMs, spanMs);
  const top = rows.find(({ kind }) => kind === 'moments')?.y ?? 24;
  return markup`<line class="moment-line" x1="${x}%" x2="${x}%" y1="${top + 18}" y2="${height - 24}"/>`;
})}
</svg>`;
}

const happened = ({ timeline }: RunReport) =>
  timeline.flatMap(({ name, atMs }, index) => (atMs === undefined ? [] : [{ name, atMs, index }]));

const laneMachines = (rows: readonly Row[]): string[] =>
  rows.flatMap((row) => (row.kind === 'lane' && row.lane.group === 'machine' ? [row.lane.name] : []));

/** Position and width in per cent; what is too short to be seen is still drawn. */
function extent(fromMs: number, toMs: number, spanMs: number): [number, number] {
  const x = percentOf(fromMs, spanMs);
  return [x, Math.max(0.15, Math.round((percentOf(toMs, spanMs) - x) * 1_000) / 1_000)];
}

function drawing(report: RunReport, { spanMs, minWidth }: Layout, machines: readonly string[]): (row: Row) => Markup {
  return (row) => {
    switch (row.kind) {
      case 'axis':
        return markup`${ticks(spanMs, 12).map((ms) => {
          const x = percentOf(ms, spanMs);
          const anchor = x < 2 ? 'start' : x > 97 ? 'end' : 'middle';
          return markup`<text class="tick" x="${x}%" y="${row.y + 15}" text-anchor="${anchor}">${ms / 1_000}</text>`;
        })}`;
      case 'heading':
        return markup`<line class="rule" x1="0" x2="100%" y1="${row.y + 3}" y2="${row.y + 3}"/>`;
      case 'phases':
        return markup`${report.phases.map(({ name, fromMs, toMs }, index) =>
          labelled({
            x: extent(fromMs, toMs, spanMs),
            y: row.y + 2,
            height: 19,
            class: `phase p${index % 2}`,
            text: name,
          }),
        )}`;
      case 'faults':
        return markup`${report.faults.map(({ name, fromMs, toMs }, index) => {
          const [x, width] = extent(fromMs, toMs, spanMs);
          const y = row.y + 2 + 20 * (row.rows[index] ?? 0);
          const [at, anchor] = x > 60 ? [x + width, 'end'] : [x, 'start'];
          return markup`<rect class="fault-bar" x="${x}%" y="${y}" width="${width}%" height="3"/><text class="fault-name" x="${at}%" dx="${anchor === 'end' ? -2 : 2}" y="${y + 14}" text-anchor="${anchor}">⚡ ${name}</text>`;
        })}`;
      case 'moments':
        return markup`${happened(report).map(({ name, atMs, index }, nth) =>
          moment(`T${index}`, name, { x: percentOf(atMs, spanMs), y: row.y + 2 + 20 * (row.rows[nth] ?? 0), minWidth }),
        )}`;
      case 'lane':
        return laneMarkup(row.lane, row, spanMs, machines, report);
      case 'probe':
        return probeStrip(row.series, row);
    }
  };
}

/** A numbered flag at its moment with its name beside it, to the left where the right has no room. */
function moment(number: string, name: string, at: { x: number; y: number; minWidth: number }): Markup {
  const left = at.x + (100 * (36 + 6.6 * name.length)) / at.minWidth > 100;
  const [flag, text, anchor] = left ? [-26, -30, 'end'] : [0, 30, 'start'];
  return markup`<svg class="moment" x="${at.x}%" y="${at.y}" width="1" height="18" overflow="visible"><rect x="${flag}" width="26" height="16" rx="3"/><text class="number" x="${flag + 13}" y="12" text-anchor="middle">${number}</text><text x="${text}" y="12" text-anchor="${anchor}">${name}</text></svg>`;
}

function laneMarkup(
  lane: Lane,
  { y, height }: Row,
  spanMs: number,
  machines: readonly string[],
  report: RunReport,
): Markup {
  const each = (height - 5) / lane.rows;
  const faults = lane.group === 'machine' ? report.faults.filter(({ machine }) => machine === lane.name) : [];
  const told = [
    ...lane.segments.map(({ fromMs, toMs, text }) => `${clock(fromMs)} to ${clock(toMs)} ${text}`),
    ...faults.map(({ name, fromMs, toMs }) => `fault: ${name}, ${clock(fromMs)} to ${clock(toMs)}`),
  ];
  return markup`<g class="lane" tabindex="0" role="img" aria-label="${lane.label}: ${told.join('; ')}"><rect class="lane-ground" x="0" y="${y}" width="100%" height="${height}"/>${lane.segments.map(
    (segment) => {
      const box = { x: extent(segment.fromMs, segment.toMs, spanMs), y: y + 2 + each * segment.row, height: each - 1 };
      const hue = segment.machine === undefined ? undefined : Math.max(0, machines.indexOf(segment.machine)) % 5;
      return segmentMarkup(segment, box, lane.group === 'key' ? 'key' : hue === undefined ? '' : `m${hue}`);
    },
  )}${faults.map(({ fromMs, toMs }) => {
    const [x, width] = extent(fromMs, toMs, spanMs);
    return markup`<rect class="fault-bar" x="${x}%" y="${y + height - 4}" width="${width}%" height="3"/>`;
  })}</g>`;
}

function segmentMarkup(
  { kind, text, fromMs, toMs, machine }: Segment,
  box: { x: [number, number]; y: number; height: number },
  hue: string,
): Markup {
  const title = `${text}, ${clock(fromMs)} to ${clock(toMs)}`;
  if (kind === 'waiting') {
    const [x, width] = box.x;
    const middle = box.y + box.height / 2;
    const words = /^no(t| machine| such)/.exec(text) === null ? '' : (text.split(':')[0] ?? '');
    return markup`<g class="waiting"><title>${title}</title><line x1="${x}%" x2="${x + width}%" y1="${middle}" y2="${middle}"/>${label([x, width], box.y, box.height, words)}</g>`;
  }
  const state = kind === 'on' && machine !== undefined ? machine : text.replace(/ on .*/, '');
  const fill = kind === 'changing' && /^m\d$/.test(hue) && `fill:url(#hatch${hue.slice(1)})`;
  return labelled({
    ...box,
    class: `seg ${kind} ${hue}`,
    text: kind === 'failed' ? `✗ ${state}` : state,
    title,
    style: fill,
  });
}

/** A bar with its name, where the name has room; the name is cut at the bar's end. */
function labelled(bar: {
  x: [number, number];
  y: number;
  height: number;
  class: string;
  text: string;
  title?: string;
  style?: string | false;
}): Markup {
  const [x, width] = bar.x;
  const style = typeof bar.style === 'string' && markup` style="${bar.style}"`;
  return markup`<g class="${bar.class}"><title>${bar.title ?? bar.text}</title><rect x="${x}%" y="${bar.y}" width="${width}%" height="${bar.height}" rx="2"${style}/>${label(bar.x, bar.y, bar.height, bar.text)}</g>`;
}

function label([x, width]: [number, number], y: number, height: number, text: string): Markup | false {
  const room = width > 3 && height > 9 && text !== '';
  return (
    room &&
    markup`<svg x="${x}%" y="${y}" width="${width}%" height="${height}"><text x="5" y="${height / 2 + 3.8}">${text}</text></svg>`
  );
}
