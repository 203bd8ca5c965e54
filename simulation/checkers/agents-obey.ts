import type { HistoryEvent } from '../history/event.ts';
import type { Checker } from './checker.ts';
import { notBeside, wrongMachine } from './constraints.ts';
import type { TrueUnit, Truth } from './truth.ts';

/** Machine and unit: may the agent start it, may it stop it? */
interface Leave {
  readonly start: boolean;
  readonly stop: boolean;
}

/**
 * An agent starts only what it is to run, and stops only what it is not to run, or not in this form: what runs is adopted after a
 * restart, and restarted never.
 * @param fenced an agent without etcd stops what is not global, and starts it again
 */
export function agentsObey(fenced: boolean): Checker {
  /** When it was last so. */
  const startable = new Map<string, number>();
  const stoppable = new Map<string, number>();
  let now = new Map<string, Leave>();
  /** Machines whose fleetd leaves the cluster, and takes its units with it; what it has told systemd is done after it was killed in the midst of that. */
  const leaving = new Set<string>();

  const noteAll = (truth: Truth): void => {
    const next = new Map<string, Leave>();
    for (const unit of truth.units.values())
      for (const { name, id } of truth.facts.machines) next.set(`${name} ${unit.name}`, leaveOf(unit, id, truth));
    for (const place of now.keys()) if (!next.has(place)) stoppable.set(place, truth.at);
    // As it was up to this moment, and as it is from now on.
    for (const [place, { start, stop }] of [...now, ...next]) {
      if (start) startable.set(place, truth.at);
      if (stop) stoppable.set(place, truth.at);
    }
    now = next;
  };
  /** Other text, or the same thing said again: it may be stopped for that. */
  const noteSaid = ({ changes }: Extract<HistoryEvent, { kind: 'commit' }>, truth: Truth): void => {
    for (const { key } of changes) {
      const [unit, part] = key.slice(truth.facts.keys.jobs.length).split('/');
      if (!key.startsWith(truth.facts.keys.jobs) || (part !== 'object' && part !== 'target-state')) continue;
      for (const { name } of truth.facts.machines) stoppable.set(`${name} ${unit}`, truth.at);
    }
  };
  return {
    name: 'agents-obey',
    see(event, truth) {
      if (event.kind === 'commit') {
        noteAll(truth);
        noteSaid(event, truth);
      }
      if (event.kind === 'daemon' && event.daemon === 'fleetd') {
        if (event.is === 'leaving') leaving.add(event.machine);
        if (event.is === 'up') leaving.delete(event.machine);
      }
      if (event.kind !== 'command') return undefined;
      const { machine, verb } = event;
      const from = truth.freshness.pictureSince(machine);
      for (const unit of event.units) {
        const place = `${machine} ${unit}`;
        const leave = now.get(place) ?? { start: false, stop: true };
        const was = (times: ReadonlyMap<string, number>): boolean => (times.get(place) ?? -Infinity) >= from;
        if (verb === 'start' && !leave.start && !was(startable))
          return `the agent of ${machine} starts ${unit}, which is not to run there`;
        const isCutOff = fenced && truth.freshness.calmFor(machine) < truth.freshness.recoveryMs;
        if (verb === 'stop' && !isCutOff && !leave.stop && !was(stoppable) && !leaving.has(machine))
          return `the agent of ${machine} stops ${unit}, which is to run there`;
      }
      return undefined;
    },
  };
}

function leaveOf(unit: TrueUnit, machineId: string, truth: Truth): Leave {
  if (unit.desired !== 'launched') return { start: false, stop: true };
  const machine = truth.machineLastSeen(machineId);
  const isWrong = machine !== undefined && wrongMachine(unit, machine) !== undefined;
  if (!unit.requirements.global) {
    const isHere = unit.target === machineId && !isWrong;
    return { start: isHere, stop: !isHere };
  }
  if (machine === undefined) return { start: true, stop: true };
  if (isWrong) return { start: false, stop: true };
  // Whom it must not be beside, it may have to give way to.
  return { start: true, stop: [...truth.units.values()].some((other) => notBeside(unit, other) !== undefined) };
}
