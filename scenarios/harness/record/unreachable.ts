import { eventsOf } from './events-of.ts';
import type { FaultKind } from './fault-record.ts';
import { type FaultWindow, faultWindows, type Recorded } from './fault-windows.ts';
import { intersection, type Span, union } from './spans.ts';

/** Faults after which nobody else can hear the machine, or it can hear nobody. */
const silencing: readonly FaultKind[] = ['halt', 'cut', 'reboot', 'pause', 'partition'];

/** A machine that is parted from some of the others only is still heard by the rest, and lives on for them. */
function silences({ kind, peers }: FaultWindow, { config }: Recorded): boolean {
  return silencing.includes(kind) && (peers === undefined || peers.length >= config.machines.length - 1);
}

/**
 * When others could not count on reaching a machine: while a fault that silences it was in force, and while fleet missed
 * it under any other fault (a machine too slow to renew its lease). What runs there goes on without a fence, and with one until it closes.
 */
export function unreachableSpans(record: Recorded, machine: string): Span[] {
  const windows = faultWindows(record).filter((window) => window.machine === machine);
  const silenced = windows.filter((window) => silences(window, record));
  return union([...silenced, ...intersection(windows, goneSpans(record, machine))]);
}

/** When fleet did not list a machine that it had listed before. */
export function goneSpans({ events }: Recorded, machine: string): Span[] {
  const spans: Span[] = [];
  let goneAt: number | undefined;
  for (const { type, atMs, data } of eventsOf(events, 'machine-gone', 'machine-present')) {
    if (data.machine !== machine) continue;
    if (type === 'machine-gone') goneAt ??= atMs;
    else if (goneAt !== undefined) {
      spans.push({ fromMs: goneAt, toMs: atMs });
      goneAt = undefined;
    }
  }
  return goneAt === undefined ? spans : [...spans, { fromMs: goneAt, toMs: Infinity }];
}

/** Windows of the faults that silence a machine, each with its name, as evidence shows them. */
export function silencingWindows(record: Recorded): FaultWindow[] {
  return faultWindows(record).filter((window) => silences(window, record));
}
