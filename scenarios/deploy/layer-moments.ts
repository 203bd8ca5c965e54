import type { JournalLine } from '../harness/record/journal-line.ts';
import { eventsOf } from '../harness/record/events-of.ts';
import { messagesWithRows } from '../harness/record/messages-with-rows.ts';
import type { RunEvent } from '../harness/record/run-event.ts';
import { containerOf } from '../stack/container-start.ts';
import type { StackLayer } from '../stack/stack.ts';

/** When a layer's last unit (container, key) was there, ms of the run; undefined: one of them never was. */
export interface LayerMoments {
  /** fleet's engine had found a machine for it. */
  readonly placed: number | undefined;
  /** Docker had started its container. */
  readonly started: number | undefined;
  /** systemd counted it as active; for Couchbase that is after its node was initialised. */
  readonly active: number | undefined;
  /** Its sidekick had set its key; undefined for a layer without keys too. */
  readonly registered: number | undefined;
}

/** All that was recorded of one layer's start. */
export interface LayerRecord {
  readonly layer: Pick<StackLayer, 'units' | 'keys'>;
  /** When its `fleetctl start` was typed, ms of the run. */
  readonly askedMs: number;
  readonly events: readonly RunEvent[];
  readonly journal: readonly JournalLine[];
  /** Wall-clock ms by container. */
  readonly containerStarts: ReadonlyMap<string, number | undefined>;
  /** Wall-clock ms minus this is ms since the run began. */
  readonly wallToRunMs: number;
}

/** The moments of one layer, its sidekicks counted for placement and keys only. Pure. */
export function layerMoments(record: LayerRecord): LayerMoments {
  const { layer, askedMs, events, journal, containerStarts, wallToRunMs } = record;
  const principals = layer.units.filter((unit) => containerOf(unit) !== undefined);
  const containers = layer.units.flatMap((unit) => containerOf(unit) ?? []);
  const inRun = (wallMs: number | undefined) => (wallMs === undefined ? undefined : Math.round(wallMs - wallToRunMs));
  const line = (from: string | undefined, begins: (message: string) => boolean) =>
    inRun(
      journal.find(({ unit, message, wallMs }) => unit === from && wallMs - wallToRunMs >= askedMs && begins(message))
        ?.wallMs,
    );
  const firstKeySet = (key: string) =>
    eventsOf(events, 'key-set').find(({ atMs, data }) => data.key === key && atMs >= askedMs)?.atMs;
  return {
    placed: last(layer.units.map((unit) => line('fleet.service', (said) => said.startsWith(`schedule unit=${unit} `)))),
    started: last(containers.map((container) => inRun(containerStarts.get(container)))),
    active: last(principals.map((unit) => line(unit, (said) => said.startsWith(`Started ${unit}`)))),
    registered: layer.keys.length === 0 ? undefined : last(layer.keys.map(firstKeySet)),
  };
}

/** When each machine's page first showed rows, earliest first, ms of the run. Pure. */
export function firstRows(events: readonly RunEvent[], fromMs: number): number[] {
  const first = new Map<string, number>();
  for (const { atMs, data } of messagesWithRows(events, fromMs)) {
    if (!first.has(data.machine)) first.set(data.machine, atMs);
  }
  return [...first.values()].toSorted((a, b) => a - b);
}

/** How often systemd started each unit: more than once means that it ended and was restarted. Pure. */
export function startsOf(journal: readonly JournalLine[], units: readonly string[]): ReadonlyMap<string, number> {
  const starts = (unit: string) =>
    journal.filter((line) => line.unit === unit && line.message.startsWith(`Started ${unit}`)).length;
  return new Map(units.map((unit) => [unit, starts(unit)]));
}

function last(moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === moments.length && known.length > 0 ? Math.max(...known) : undefined;
}
