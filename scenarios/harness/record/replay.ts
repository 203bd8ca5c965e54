import type { ClusterView, UnitView } from '../cluster-view.ts';
import type { RunEvent } from '../event-log.ts';
import type { Span } from './spans.ts';

const running = 'active/running';

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
