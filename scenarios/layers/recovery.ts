import { eventsOf } from '../harness/record/events-of.ts';
import type { RunEvent } from '../harness/record/run-event.ts';
import type { JournalLine } from '../harness/record/journal-line.ts';
import { running } from '../harness/record/replay.ts';
import { shortUnit } from '../harness/record/unit-name.ts';

/** One layer's loss, as it was carried out. */
export interface Loss {
  readonly layer: string;
  readonly unit: string;
  readonly key: string | undefined;
  readonly machine: string;
  /** ms of the run: the fault, and everything being as it should be again. */
  readonly faultMs: number;
  readonly recoveredMs: number;
}

/** Who noticed a loss and who mended it; times are ms of the run, undefined: it did not happen. */
export interface Recovery {
  /** systemd on the machine saw the process end. */
  readonly systemdMs: number | undefined;
  /** fleet told the cluster that the unit is not running. */
  readonly fleetMs: number | undefined;
  /** The first app that ended by itself to use a new announcement, and which did. */
  readonly appsMs: number | undefined;
  readonly apps: readonly string[];
  /** The unit was started again, and by whom. */
  readonly restartedMs: number | undefined;
  readonly restartedBy: 'systemd' | 'fleet' | undefined;
  /** The key had its last value of this recovery. */
  readonly keyMs: number | undefined;
  /** Other units that were started again meanwhile. */
  readonly alsoRestarted: readonly string[];
}

const ended = /Main process exited|Deactivated successfully|Failed with result/;
const decision = /^(?:schedule|reschedule|unschedule) /;

/** Reads a layer's recovery from the machines' journals and the run's events. Pure. */
export function recoveryOf(
  loss: Loss,
  recorded: {
    readonly journal: readonly JournalLine[];
    readonly events: readonly RunEvent[];
    readonly wallToRunMs: number;
  },
): Recovery {
  const within = (atMs: number) => atMs >= loss.faultMs && atMs <= loss.recoveredMs;
  const lines = recorded.journal
    .map((line) => ({ ...line, atMs: Math.round(line.wallMs - recorded.wallToRunMs) }))
    .filter(({ atMs }) => within(atMs));
  const events = recorded.events.filter(({ atMs }) => within(atMs));
  const own = lines.filter(({ unit, machine }) => unit === loss.unit && machine === loss.machine);

  const exit = own.find(({ message }) => ended.test(message));
  // Of several starts the last one lasts.
  const started = lines
    .filter(({ unit, message }) => unit === loss.unit && message.startsWith(`Started ${loss.unit}`))
    .at(-1);
  const scheduled = own.some(({ message }) => message.includes('Scheduled restart job'));
  const decided = lines.some(
    ({ unit, message }) => unit === 'fleet.service' && decision.test(message) && message.includes(`unit=${loss.unit}`),
  );
  const seen = eventsOf(events, 'unit-state').find(({ data }) => data.unit === loss.unit && data.state !== running);
  const told = lines.filter(({ message }) => message.includes('restarting to use it'));
  const others = lines.filter(({ unit, message }) => unit !== loss.unit && message.startsWith(`Started ${unit}`));
  return {
    systemdMs: exit?.atMs,
    fleetMs: seen?.atMs,
    appsMs: told[0]?.atMs,
    apps: distinct(told.map(({ unit }) => unit)),
    restartedMs: started?.atMs,
    restartedBy: started === undefined ? undefined : scheduled ? 'systemd' : decided ? 'fleet' : undefined,
    keyMs: eventsOf(events, 'key-set').findLast(({ data }) => data.key === loss.key)?.atMs,
    alsoRestarted: distinct(others.map(({ unit }) => unit)),
  };
}

function distinct(units: readonly string[]): string[] {
  return [...new Set(units.map(shortUnit))].sort();
}
