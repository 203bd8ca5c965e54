import { eventsOf } from '../record/events-of.ts';
import { faultWindows } from '../record/fault-windows.ts';
import { viewAt } from '../record/replay.ts';
import type { RunRecord } from '../record/run-record.ts';
import { covers } from '../record/spans.ts';
import { goneSpans } from '../record/unreachable.ts';
import { seconds } from '#errors/seconds.ts';
import type { Finding } from '../record/verdict.ts';
import { shortUnit } from '../record/unit-name.ts';

/** fleet's presence and placement are read by separate requests of one look. */
const sameLookMs = 1_000;
/** A command's effect is seen within this time. */
const commandMs = 30_000;

interface Move {
  readonly atMs: number;
  readonly unit: string;
  readonly from: string;
  readonly to: string | undefined;
}

/** Every unit that left a machine had a cause: the machine was gone or under a fault, a command moved it, or its principal moved. */
export function nothingMoved(record: RunRecord): Finding {
  const name = 'nothing moved that need not move';
  const seen = eventsOf(record.events, 'unit-target');
  if (seen.length === 0) return { name, verdict: 'unknown', evidence: 'no placement of a unit was seen' };
  const moves = seen.flatMap(({ atMs, data }): Move[] => {
    return data.from === null ? [] : [{ atMs, unit: data.unit, from: data.from, to: data.to ?? undefined }];
  });
  const causes = new Map<string, number>();
  for (const move of moves) {
    const cause = causeOf(record, move);
    if (cause === undefined) {
      const evidence = `${move.unit} left ${move.from} for ${move.to ?? 'nowhere'} at ${seconds(move.atMs)} without a cause`;
      return { name, verdict: 'fail', evidence };
    }
    causes.set(cause, (causes.get(cause) ?? 0) + 1);
  }
  const shown = [...causes].map(([cause, count]) => `${count} for ${cause}`);
  return {
    name,
    verdict: 'pass',
    evidence: shown.length === 0 ? 'no unit left its machine' : `units moved: ${shown.join(', ')}`,
  };
}

function causeOf(record: RunRecord, { atMs, unit, from }: Move): string | undefined {
  const fault = faultWindows(record).find((window) => window.machine === from && covers([window], atMs));
  if (fault !== undefined) return fault.name;
  const gone = goneSpans(record, from).map((span) => ({
    fromMs: span.fromMs - sameLookMs,
    toMs: span.toMs + sameLookMs,
  }));
  if (covers(gone, atMs)) return `${from} gone`;
  const given = eventsOf(record.events, 'command').filter(
    (command) => command.atMs <= atMs && command.atMs > atMs - commandMs,
  );
  const command = given.find(({ data }) => moves(data.command, unit));
  if (command !== undefined) return command.data.command;
  const principal = unit.replace('-sidekick@', '@');
  if (principal === unit) return undefined;
  const home = viewAt(record.events, atMs + sameLookMs).units.find(({ name }) => name === principal)?.target;
  return home === from ? undefined : `the move of ${principal}`;
}

/** `fleetctl destroy units/web@{1..3}.service` takes web@2.service from its machine. */
function moves(command: string, unit: string): boolean {
  const [, verb, ...words] = command.split(/\s+/);
  if (!/^(?:destroy|stop|unload|restart|start)$/.test(verb ?? '')) return false;
  return words.some((word) => {
    const argument = shortUnit(word.split('/').at(-1) ?? '');
    const [, before, low, high, after] = /^(.*)\{(\d+)\.\.(\d+)\}(.*)$/.exec(argument) ?? [];
    if (before === undefined) return `${argument}.service` === unit;
    const numbers = Array.from({ length: Number(high) - Number(low) + 1 }, (_, i) => Number(low) + i);
    return numbers.some((n) => `${before}${n}${after ?? ''}.service` === unit);
  });
}
