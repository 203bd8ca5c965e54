import type { ClusterView, UnitView } from '../cluster-view.ts';
import type { RunEvent } from '../event-log.ts';
import type { ClusterSnapshot } from '../report/run-report.ts';
import { faultWindows, type Recorded } from './fault-windows.ts';
import { covers, type Span } from './spans.ts';

export const running = 'active/running';

/** What fleet and the discovery keys said at a moment of the run (that moment's events included), from its events. */
export function viewAt(events: readonly RunEvent[], atMs: number): ClusterView {
  const machines = new Set<string>();
  const units = new Map<string, { target?: string; reason?: string; states: Map<string, string> }>();
  const keys: Record<string, string> = {};
  const unitOf = (name: string) => {
    const unit = units.get(name) ?? { states: new Map<string, string>() };
    units.set(name, unit);
    return unit;
  };
  for (const { type, atMs: when, data } of events) {
    if (when > atMs) break;
    const text = (name: string) => (typeof data[name] === 'string' ? data[name] : undefined);
    if (type === 'machine-present') machines.add(text('machine') ?? '');
    if (type === 'machine-gone') machines.delete(text('machine') ?? '');
    if (type === 'key-set') keys[text('key') ?? ''] = text('value') ?? '';
    if (type === 'key-gone') Reflect.deleteProperty(keys, text('key') ?? '');
    if (type === 'unit-target') {
      const unit = unitOf(text('unit') ?? '');
      const [target, reason] = [text('to'), text('reason')];
      units.set(text('unit') ?? '', { states: unit.states, ...(target && { target }), ...(reason && { reason }) });
    }
    if (type === 'unit-state') {
      const { states } = unitOf(text('unit') ?? '');
      const state = text('state');
      if (state === undefined) states.delete(text('machine') ?? '');
      else states.set(text('machine') ?? '', state);
    }
  }
  const unitViews = [...units].map(([name, { target, reason, states }]): UnitView => {
    return { ...{ name, target, reason }, states: [...states].map(([machine, state]) => ({ machine, state })) };
  });
  return {
    machines: [...machines].sort(),
    units: unitViews.sort((a, b) => (a.name < b.name ? -1 : 1)),
    keys,
  };
}

/** The picture of the cluster at a moment, as far as the events tell: who leads etcd and the engine they do not. */
export function snapshotAt(record: Recorded, label: string, atMs: number): ClusterSnapshot {
  const view = viewAt(record.events, atMs);
  const windows = faultWindows(record);
  return {
    ...{ label, atMs, keys: view.keys },
    machines: record.config.machines.map(({ name, address }) => {
      const fault = windows.find((window) => window.machine === name && covers([window], atMs));
      const state = fault === undefined ? 'running' : stateUnder(fault.kind);
      return {
        ...{ name, address, state, engine: false },
        listed: view.machines.includes(name),
        etcd: 'unknown' as const,
      };
    }),
    units: view.units.map(({ name, target, reason, states }) => {
      return {
        name,
        states: [...states],
        ...(target !== undefined && { target }),
        ...(reason !== undefined && { reason }),
      };
    }),
  };
}

function stateUnder(kind: string): string {
  const words: Record<string, string> = { halt: 'halted', cut: 'cut', pause: 'paused', partition: 'partitioned' };
  return words[kind] ?? `running (${kind})`;
}

/** When a unit was active on a machine, by what fleet published. */
export function activeSpans(events: readonly RunEvent[], unit: string, machine: string): Span[] {
  const spans: Span[] = [];
  let since: number | undefined;
  for (const { type, atMs, data } of events) {
    if (type !== 'unit-state' || data['unit'] !== unit || data['machine'] !== machine) continue;
    const active = data['state'] === running;
    if (active) since ??= atMs;
    else if (since !== undefined) {
      spans.push({ fromMs: since, toMs: atMs });
      since = undefined;
    }
  }
  return since === undefined ? spans : [...spans, { fromMs: since, toMs: Infinity }];
}

/** Every unit that fleet ever named in this run. */
export function unitsSeen(events: readonly RunEvent[]): string[] {
  const named = events.filter(({ type }) => type === 'unit-state' || type === 'unit-target');
  return [...new Set(named.map(({ data }) => String(data['unit'])))].sort();
}
