import { type ClusterView, type UnitView, viewChangeTypes } from './cluster-view.ts';
import { eventsOf } from './events-of.ts';
import type { RunEvent } from './run-event.ts';
import { unhandled } from './unhandled.ts';
import type { Span } from './spans.ts';

export const running = 'active/running';

/** What fleet and the discovery keys said at a moment of the run (that moment's events included), from its events. */
export function viewAt(events: readonly RunEvent[], atMs: number): ClusterView {
  const machines = new Set<string>();
  const units = new Map<string, Pick<UnitView, 'target' | 'reason'> & { states: Map<string, string> }>();
  const keys: Record<string, string> = {};
  const unitOf = (name: string) => {
    const unit = units.get(name) ?? { target: undefined, reason: undefined, states: new Map<string, string>() };
    units.set(name, unit);
    return unit;
  };
  for (const event of eventsOf(events, ...viewChangeTypes)) {
    if (event.atMs > atMs) break;
    switch (event.type) {
      case 'machine-present':
        machines.add(event.data.machine);
        break;
      case 'machine-gone':
        machines.delete(event.data.machine);
        break;
      case 'key-set':
        keys[event.data.key] = event.data.value;
        break;
      case 'key-gone':
        Reflect.deleteProperty(keys, event.data.key);
        break;
      case 'unit-target': {
        const { unit, to, reason } = event.data;
        units.set(unit, { target: to ?? undefined, reason: reason ?? undefined, states: unitOf(unit).states });
        break;
      }
      case 'unit-state': {
        const { unit, machine, state } = event.data;
        if (state === null) unitOf(unit).states.delete(machine);
        else unitOf(unit).states.set(machine, state);
        break;
      }
      default:
        unhandled(event);
    }
  }
  const unitViews = [...units].map(([name, { target, reason, states }]): UnitView => {
    return { name, target, reason, states: [...states].map(([machine, state]) => ({ machine, state })) };
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
  for (const { atMs, data } of eventsOf(events, 'unit-state')) {
    if (data.unit !== unit || data.machine !== machine) continue;
    const active = data.state === running;
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
  const named = eventsOf(events, 'unit-state', 'unit-target');
  return [...new Set(named.map(({ data }) => data.unit))].sort();
}
