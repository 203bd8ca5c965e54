import type { PastDecision, SystemdUnit } from './observed.ts';

/** What is known of a unit's past: what fleet decided on it, and systemd's own times. */
export interface UnitPast {
  readonly unit: string;
  readonly decisions: readonly PastDecision[];
  readonly systemd: SystemdUnit | undefined;
}

/** Something that happened on the lab, as a reader is told it. */
export interface Happening {
  /** ms of the epoch. */
  readonly atMs: number;
  readonly text: string;
}

/** Lines that a reader still reads. */
const most = 12;

/**
 * What happened to units since a moment, oldest first, the latest twelve: fleet's decisions with their reasons, and what systemd made of
 * them. Pure.
 * @param sinceMs ms of the epoch; `nowMs` is when systemd was asked, whose times are whole seconds
 */
export function whatHappened(pasts: readonly UnitPast[], sinceMs: number, nowMs: number): Happening[] {
  return pasts
    .flatMap((past) => [...decided(past), ...started(past, nowMs)])
    .filter(({ atMs }) => atMs >= sinceMs)
    .sort((a, b) => a.atMs - b.atMs)
    .slice(-most);
}

function decided({ unit, decisions }: UnitPast): Happening[] {
  return decisions.map((decision) => ({ atMs: decision.at, text: `fleet ${sentence(unit, decision)}` }));
}

function sentence(unit: string, { kind, to = '?', from = '?', reason, times = 1 }: PastDecision): string {
  switch (kind) {
    case 'place':
      return `gave ${unit} to ${to}: ${reason}`;
    case 'move':
      return `moved ${unit} from ${from} to ${to}: ${reason}`;
    case 'evict':
      return `took ${unit} from ${from}: ${reason}`;
    case 'stay':
      return `left ${unit} where it is: ${reason}`;
    case 'block':
      return `found no machine for ${unit}${times > 1 ? ` (${times} times)` : ''}: ${reason}`;
  }
}

function started({ unit, systemd }: UnitPast, nowMs: number): Happening[] {
  if (systemd === undefined) return [];
  const { machine, sinceS, activeSinceS } = systemd;
  const told = (seconds: number | undefined, text: string): Happening[] =>
    seconds === undefined ? [] : [{ atMs: nowMs - seconds * 1_000, text: `${unit} ${text} on ${machine}` }];
  return [...told(sinceS, 'began to start'), ...told(activeSinceS, 'was active')];
}
