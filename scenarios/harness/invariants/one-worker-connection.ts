import { faultWindows } from '../record/fault-windows.ts';
import type { RunRecord } from '../record/run-record.ts';
import { difference, intersection, type Span, totalMs, union } from '../record/spans.ts';
import { unreachableSpans } from '../record/unreachable.ts';
import { seconds } from '#errors/seconds.ts';
import type { StreamConnection } from '../record/stream-connection.ts';
import type { Finding } from '../record/verdict.ts';

/**
 * At most one worker connected to the RSVP stream at a time. Without a fence a machine that nobody reaches keeps its
 * worker, and its agent learns of the move only when it is back; with one, the server hears nothing of the end of a connection that cannot be reached. So an overlap is allowed, and shown, while one of the two
 * is out of reach and one presence TTL longer. A connection that was open when its machine was halted or cut ended with it,
 * whenever the server noticed.
 */
export function oneWorkerConnection(record: RunRecord): Finding {
  const name = 'at most one worker connection at any time';
  if (record.connections === undefined)
    return { name, verdict: 'unknown', evidence: 'the stream server could not be asked' };
  if (record.connections.length === 0) return { name, verdict: 'unknown', evidence: 'no worker ever connected' };
  const lives = record.connections.map((connection) => lifeOf(record, connection)).sort((a, b) => a.fromMs - b.fromMs);
  const pairs = lives.flatMap((one, index) =>
    lives.slice(index + 1).map((other) => ({ one, other, overlap: intersection([one], [other]) })),
  );
  const overlaps = pairs.filter(({ overlap }) => overlap.length > 0);
  for (const { one, other, overlap } of overlaps) {
    const allowed = [one, other].flatMap(({ machine }) => allowedOf(record, machine));
    const outside = totalMs(difference(overlap, allowed));
    if (outside > 0) {
      const how = outside === Infinity ? 'until the end' : `for ${seconds(outside)}`;
      const evidence = `${one.machine} and ${other.machine} at once ${how}, both within reach, from ${seconds(other.fromMs)} on`;
      return { name, verdict: 'fail', evidence };
    }
  }
  const path = lives.map(({ machine }) => machine).filter((machine, i, all) => machine !== all[i - 1]);
  const apart = `${lives.length} connections one after another: ${path.join(', ')}`;
  const shown = overlaps.map(
    ({ one, other, overlap }) => `${one.machine} and ${other.machine} for ${seconds(totalMs(overlap))}`,
  );
  const evidence = `${lives.length} connections; at once only while one was out of reach: ${shown.join(', ')}`;
  return { name, verdict: 'pass', evidence: shown.length === 0 ? apart : evidence };
}

function lifeOf(record: RunRecord, { address, openedAt, closedAt }: StreamConnection): Span & { machine: string } {
  const machine = record.config.machines.find((one) => one.address === address)?.name ?? address;
  const fromMs = openedAt - record.wallToRunMs;
  const ends = faultWindows(record)
    .filter((w) => w.machine === machine && (w.kind === 'halt' || w.kind === 'cut') && w.fromMs > fromMs)
    .map(({ surely }) => surely.fromMs);
  return { machine, fromMs, toMs: Math.min((closedAt ?? Infinity) - record.wallToRunMs, ...ends) };
}

function allowedOf(record: RunRecord, machine: string): Span[] {
  const spans = unreachableSpans(record, machine);
  return union(spans.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + record.config.timers.fleetAgentTtlMs })));
}
