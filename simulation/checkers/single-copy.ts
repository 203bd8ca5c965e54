import type { HistoryEvent } from '../history/event.ts';
import type { Checker } from './checker.ts';
import type { Truth } from './truth.ts';

/** The longest that a unit of a simulation takes to stop, and an agent to tell it so, ms. */
const stopMs = 10_000;
/** How long a fleetd that leaves waits for its units to stop (start-fleetd.ts), ms. */
const drainMs = 15_000;

/**
 * A unit that is not global runs at most once. Without a fence, copies do not count on a machine that has lost its lease, nor on one that has just
 * registered again, until its agent has had time in peace to find out and to stop what is no longer its own. Whoever gives its lease up itself
 * is not excused: it has stopped its units before, or waited for them long enough.
 * @param fenced a machine that has lost its lease has stopped its units by then: nothing is excused but what no fence can do, a machine that
 *   stands still or goes on as the last one (decision 097: others that come back cannot tell it from one that is off), and the time it needs afterwards
 */
export function singleCopy(fenced: boolean): Checker {
  /** Machines that have held their lease for long enough, in peace. */
  const settled = new Set<string>();
  const leavers = leaversOf();
  const twice = new Set<string>();
  /** Machines that no fence stops, or has not yet, and until when they are excused for it. */
  const unfencedUntil = new Map<string, number>();
  const counts = (machine: string, at: number): boolean =>
    fenced ? at >= (unfencedUntil.get(machine) ?? 0) : settled.has(machine);
  const heedLog = ({ machine, line, at }: { machine: string; line: string; at: number }, recoveryMs: number): void => {
    if (/^fence event=stays-open\b/.test(line)) unfencedUntil.set(machine, Infinity);
    const isBack = unfencedUntil.get(machine) === Infinity && /^presence event=registered\b/.test(line);
    if (isBack) unfencedUntil.set(machine, at + recoveryMs + stopMs);
  };

  const settle = (truth: Truth): void => {
    for (const { name, id } of truth.facts.machines) {
      const since = truth.presentSince(id);
      if (since === undefined) {
        if (!leavers.has(name)) settled.delete(name);
        continue;
      }
      const inPeaceFor = Math.min(truth.at - since, truth.freshness.calmFor(name));
      if (inPeaceFor >= truth.freshness.recoveryMs + stopMs) settled.add(name);
    }
  };
  return {
    name: 'single-copy',
    see(event, truth) {
      leavers.see(event, truth);
      if (!fenced) settle(truth);
      if (event.kind === 'fault' && event.isStandstill === true) {
        const until = event.is === 'begun' ? Infinity : event.at + truth.freshness.recoveryMs + stopMs;
        for (const machine of event.machines) unfencedUntil.set(machine, until);
      }
      if (event.kind === 'log') heedLog(event, truth.freshness.recoveryMs);
      if (event.kind === 'unit') {
        if (truth.whereRunsAlone(event.unit).length > 1) twice.add(event.unit);
        else twice.delete(event.unit);
      }
      for (const unit of twice) {
        const counted = truth.whereRunsAlone(unit).filter((machine) => counts(machine, truth.at));
        if (counted.length > 1) return `${unit} runs on ${counted.join(' and ')} at once`;
      }
      return undefined;
    },
  };
}

/** Machines whose fleetd has given its lease up itself, in time, and has not ended yet. */
function leaversOf(): { has(machine: string): boolean; see(event: HistoryEvent, truth: Truth): void } {
  const begunAt = new Map<string, number>();
  const left = new Set<string>();
  return {
    has: (machine) => left.has(machine),
    see(event, truth) {
      if (event.kind === 'daemon' && event.daemon !== 'etcd') {
        left.delete(event.machine);
        if (event.is === 'leaving') begunAt.set(event.machine, event.at);
        else begunAt.delete(event.machine);
      }
      if (event.kind !== 'commit') return;
      for (const [name, at] of begunAt) {
        const key = truth.facts.keys.machine(truth.idOf(name));
        const isGone = event.changes.some((change) => change.key === key && change.after === undefined);
        if (isGone && event.author.startsWith(`fleetd ${name} `) && event.at - at < drainMs) left.add(name);
      }
    },
  };
}
