import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Log } from '../parts/log.ts';
import { conflictProblem, replaces } from '../engine/conflicts.ts';
import { shortId, type Machine } from '../parts/model.ts';
import type { Mirror } from '../registry/mirror.ts';
import type { StateRecord } from '../registry/records.ts';
import type { FleetView } from '../registry/view.ts';

/** Which units of one agent are not started yet though they are to run here. */
export interface StartWaits {
  /** Why a unit is not to be started now, in one line; undefined when it may be. Says so in the log when it begins to wait. */
  readonly cause: WaitsFor;
  /** Is this key another machine's word about a unit that waits, or a machine's about itself while one waits? */
  concerns(key: string): boolean;
}

/** @param running names of units of this machine that run, are about to, or have not ended yet */
export type WaitsFor = (unit: string, running: ReadonlySet<string>) => string | undefined;

/** Says of a unit what keeps this machine from starting it yet, by what the mirror holds. */
export function startWaits(args: {
  mirror: Mirror;
  keys: FleetKeys;
  machine: Machine;
  /** Ids of machines that have gone and may run the unit yet. */
  mayRunOn: (unit: string) => readonly string[];
  log: Log;
}): StartWaits {
  const { mirror, keys, machine, mayRunOn, log } = args;
  const waiting = new Set<string>();
  const ofTheGone = (unit: string): string | undefined => {
    const [gone] = mirror.unit(unit)?.requirements.global === true ? [] : mayRunOn(unit);
    return gone === undefined ? undefined : `it may not have ended on ${shortId(gone)} yet, which has gone just now`;
  };
  return {
    cause(unit, running) {
      const reason = startWaitsFor(unit, machine, mirror.view(), running) ?? ofTheGone(unit);
      if (reason === undefined) waiting.delete(unit);
      else if (!waiting.has(unit)) {
        waiting.add(unit);
        log('wait', { unit, reason });
      }
      return reason;
    },
    concerns: (key) =>
      waiting.size > 0 &&
      (key.startsWith(keys.machines) || [...waiting].some((unit) => key.startsWith(keys.statesOf(unit)))),
  };
}

/** systemd's words for a unit that runs, or has not ended yet. */
export const up: readonly string[] = ['active', 'activating', 'reloading', 'deactivating'];

/**
 * Pure. What was decided a moment ago may not be so any more when it is done: a unit is not started that is meant for another machine
 * by then. One that moves is started when the machine that it leaves says that it has ended there (or is gone, with all that it has
 * said), so that there are never two; and one that must not be beside another when that one has ended here.
 * @param running as of `WaitsFor`
 */
export function startWaitsFor(
  unit: string,
  self: Machine,
  view: FleetView,
  running: ReadonlySet<string>,
): string | undefined {
  const wanted = view.units.find((u) => u.name === unit);
  if (wanted?.desired !== 'launched') return 'it is not to be started any more';
  const others = view.units.filter((u) => running.has(u.name));
  const replaced = others.find((other) => replaces(wanted, other));
  const beside =
    conflictProblem(wanted, self, others) ??
    (replaced && `it replaces ${replaced.name}, which has not ended on ${self.name} yet`);
  if (wanted.requirements.global || beside !== undefined) return beside;
  if (wanted.target !== self.id) return 'it is not scheduled to this machine any more';
  const elsewhere = view.states.find((s) => s.unit === unit && s.machineId !== self.id && holdsOthersUp(s));
  const machine = view.machines.find((m) => m.id === elsewhere?.machineId);
  return machine === undefined ? undefined : `it has not ended on ${machine.name} yet`;
}

/**
 * Does what a machine says of a unit make others wait with it: it runs there, has not ended yet, or its start is tried again any moment? What its systemd did not
 * speak of (no load state) may run.
 */
export function holdsOthersUp(state: Pick<StateRecord, 'load' | 'active' | 'job' | 'message'>): boolean {
  return state.load === '' || up.includes(state.active) || (state.job === 'launched' && state.message !== undefined);
}
