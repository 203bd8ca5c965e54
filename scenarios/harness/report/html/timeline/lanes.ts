import { eventsOf } from '#scenarios/harness/record/events-of.ts';
import { isInitial } from '#scenarios/harness/record/is-initial.ts';
import type { EventOf, RunEvent } from '#scenarios/harness/record/run-event.ts';
import { shortKey } from '../parts/words.ts';
import { shortUnit } from '../../../record/unit-name.ts';

/** on: as it should be; changing: starting or stopping; off: there, but not running; waiting: nowhere at all. */
export type SegmentKind = 'on' | 'changing' | 'failed' | 'off' | 'waiting';

export interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: SegmentKind;
  readonly machine?: string;
  /** Without the time: `active/running on core-01`. */
  readonly text: string;
  /** Segments that overlap in time (one unit on two machines) lie on rows of their own, from 0. */
  readonly row: number;
}

export interface Lane {
  readonly group: 'machine' | 'unit' | 'key';
  readonly name: string;
  readonly label: string;
  readonly segments: readonly Segment[];
  readonly rows: number;
}

type LaneSpan = Omit<Segment, 'row'>;

/** Lanes of the timeline from the recorded events: machines, then units, then discovery keys, each sorted by name. */
export function lanesOf(events: readonly RunEvent[], endMs: number): Lane[] {
  const spans = [
    ...byName(eventsOf(events, 'machine-present', 'machine-gone'), ({ data }) => data.machine).map(([name, own]) =>
      lane('machine', name, name, machineSpans(own, endMs)),
    ),
    ...byName(eventsOf(events, 'unit-state', 'unit-target'), ({ data }) => data.unit).map(([name, own]) =>
      lane('unit', name, shortUnit(name), unitSpans(own, endMs)),
    ),
    ...byName(eventsOf(events, 'key-set', 'key-gone'), ({ data }) => data.key).map(([name, own]) =>
      lane('key', name, shortKey(name), keySpans(own, endMs)),
    ),
  ];
  return spans.filter(({ segments }) => segments.length > 0);
}

/** What was there at the first look was there when the run began. */
const since = (event: RunEvent): number => (isInitial(event) ? 0 : event.atMs);

function byName<Event>(events: readonly Event[], nameOf: (event: Event) => string): [string, Event[]][] {
  const found = new Map<string, Event[]>();
  for (const event of events) {
    const name = nameOf(event);
    found.set(name, [...(found.get(name) ?? []), event]);
  }
  return [...found].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
}

function lane(group: Lane['group'], name: string, label: string, spans: readonly LaneSpan[]): Lane {
  const ends: number[] = [];
  const sorted = spans.filter(({ fromMs, toMs }) => toMs > fromMs).sort((a, b) => a.fromMs - b.fromMs);
  const segments = sorted.map((span): Segment => {
    const free = ends.findIndex((end) => end <= span.fromMs);
    const row = free === -1 ? ends.length : free;
    ends[row] = span.toMs;
    return { ...span, row };
  });
  return { group, name, label, segments, rows: Math.max(1, ends.length) };
}

/** Each value holds from its event to the next one. */
function successive<Event extends RunEvent, T>(
  events: readonly Event[],
  endMs: number,
  value: (event: Event) => T,
): { fromMs: number; toMs: number; value: T }[] {
  return events.map((event, index) => {
    const next = events[index + 1];
    return { fromMs: since(event), toMs: next === undefined ? endMs : since(next), value: value(event) };
  });
}

function machineSpans(events: readonly EventOf<'machine-present' | 'machine-gone'>[], endMs: number): LaneSpan[] {
  return successive(events, endMs, ({ type, data }) => (type === 'machine-present' ? data.machine : undefined)).map(
    ({ fromMs, toMs, value: machine }): LaneSpan =>
      machine === undefined
        ? { fromMs, toMs, kind: 'waiting', text: 'not listed by fleet' }
        : { fromMs, toMs, kind: 'on', text: 'listed by fleet', machine },
  );
}

function keySpans(events: readonly EventOf<'key-set' | 'key-gone'>[], endMs: number): LaneSpan[] {
  const value = (event: EventOf<'key-set' | 'key-gone'>) => (event.type === 'key-set' ? event.data.value : undefined);
  const spans = successive(events, endMs, value).map(({ fromMs, toMs, value: text }): LaneSpan => ({
    fromMs,
    toMs,
    kind: text === undefined ? 'waiting' : 'on',
    text: text ?? 'no such key',
  }));
  return joined(spans);
}

function unitSpans(events: readonly EventOf<'unit-state' | 'unit-target'>[], endMs: number): LaneSpan[] {
  const states = eventsOf(events, 'unit-state');
  const machines = [...new Set(states.map(({ data }) => data.machine))];
  const running = machines.flatMap((machine) => {
    const own = states.filter(({ data }) => data.machine === machine);
    const spans = successive(own, endMs, ({ data }) => data.state);
    return joined(
      spans.flatMap(({ fromMs, toMs, value }): LaneSpan[] =>
        value === null ? [] : [{ fromMs, toMs, machine, kind: kindOf(value), text: `${value} on ${machine}` }],
      ),
    );
  });
  const placed = successive(eventsOf(events, 'unit-target'), endMs, ({ data }) => data);
  const stateless = placed.flatMap(({ fromMs, toMs, value }) =>
    gaps({ fromMs, toMs }, running).map((gap): LaneSpan => {
      const reason = value.reason === null ? '' : `: ${value.reason}`;
      return value.to === null
        ? { ...gap, kind: 'waiting', text: `no machine${reason}` }
        : { ...gap, kind: 'changing', machine: value.to, text: `placed on ${value.to}, no state yet` };
    }),
  );
  return [...running, ...stateless];
}

function kindOf(state: string): SegmentKind {
  if (state.startsWith('active/')) return 'on';
  if (state.startsWith('failed')) return 'failed';
  return state.startsWith('inactive') ? 'off' : 'changing';
}

/** Neighbours that say the same become one. */
function joined(spans: readonly LaneSpan[]): LaneSpan[] {
  const result: LaneSpan[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last?.toMs === span.fromMs && last.text === span.text) result[result.length - 1] = { ...last, toMs: span.toMs };
    else result.push(span);
  }
  return result;
}

/** The stretches of `whole` that no span covers. */
export function gaps(
  whole: { readonly fromMs: number; readonly toMs: number },
  spans: readonly { readonly fromMs: number; readonly toMs: number }[],
): { fromMs: number; toMs: number }[] {
  const result: { fromMs: number; toMs: number }[] = [];
  let at = whole.fromMs;
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs > at) result.push({ fromMs: at, toMs: Math.min(fromMs, whole.toMs) });
    at = Math.max(at, toMs);
    if (at >= whole.toMs) break;
  }
  if (at < whole.toMs) result.push({ fromMs: at, toMs: whole.toMs });
  return result.filter(({ fromMs, toMs }) => toMs > fromMs);
}
