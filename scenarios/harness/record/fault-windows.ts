import { eventsOf } from './events-of.ts';
import type { FaultKind } from './fault-record.ts';
import type { RunRecord } from './run-record.ts';
import type { Span } from './spans.ts';

export type Recorded = Pick<RunRecord, 'events' | 'config'>;

/** When a fault may have had an effect (`fromMs` to `toMs`), and when it surely was in force (`surely`). ms of the run. */
export interface FaultWindow extends Span {
  readonly id: string;
  readonly machine: string;
  readonly kind: FaultKind;
  /** `cut core-02` */
  readonly name: string;
  /** partition: from whom; undefined: from all. */
  readonly peers: readonly string[] | undefined;
  /** kill, stop-unit: which systemd unit. */
  readonly unit: string | undefined;
  /** Between the return of the command that did it and the start of the one that undid it; empty for what passes by itself. */
  readonly surely: Span;
}

/** Their effect ends by itself, long before anybody undoes them: what was killed is restarted by systemd. */
const passing: readonly FaultKind[] = ['reboot', 'kill', 'kill-container'];

/** The faults of a run as windows, from its `fault`, `fault-done`, `fault-undo` and `fault-undone` events. Pure. */
export function faultWindows({ events, config }: Recorded): FaultWindow[] {
  const momentOf = (type: 'fault-done' | 'fault-undo' | 'fault-undone', id: string) =>
    eventsOf(events, type).find(({ data }) => data.id === id)?.atMs ?? Infinity;
  return eventsOf(events, 'fault').map(({ atMs, data: { id, machine, action, name } }) => {
    const { kind } = action;
    const doneMs = momentOf('fault-done', id);
    const undoMs = momentOf('fault-undo', id);
    let toMs = momentOf('fault-undone', id);
    if (kind === 'reboot') toMs = Math.min(toMs, backAfter({ events, config }, machine, atMs));
    // Long enough to be restarted and to be heard again by everybody who waits for a sign of life.
    else if (passing.includes(kind)) toMs = Math.min(toMs, doneMs + config.timers.fleetAgentTtlMs);
    return {
      id,
      machine,
      kind,
      name,
      fromMs: atMs,
      toMs,
      peers: kind === 'partition' && action.from !== 'all' ? action.from : undefined,
      unit: kind === 'kill' || kind === 'stop-unit' ? action.unit : undefined,
      surely: passing.includes(kind) ? { fromMs: doneMs, toMs: doneMs } : { fromMs: doneMs, toMs: undoMs },
    };
  });
}

/** When fleet listed the machine again after having missed it. */
function backAfter({ events }: Recorded, machine: string, fromMs: number): number {
  const about = eventsOf(events, 'machine-gone', 'machine-present').filter(
    ({ atMs, data }) => atMs >= fromMs && data.machine === machine,
  );
  const gone = about.find(({ type }) => type === 'machine-gone');
  if (gone === undefined) return Infinity;
  return about.find(({ type, atMs }) => type === 'machine-present' && atMs >= gone.atMs)?.atMs ?? Infinity;
}
