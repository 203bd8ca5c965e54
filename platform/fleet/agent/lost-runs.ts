import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Mirror } from '../registry/mirror.ts';
import { readState } from '../registry/records.ts';
import { holdsOthersUp } from './start-waits.ts';

/** Units of other machines whose word about them went away with the machine: they may run there for a moment yet. */
export interface LostRuns {
  /** Ids of machines that have gone and may run the unit yet, sorted. */
  of(unit: string): readonly string[];
  /** Waits for nothing any more. */
  close(): void;
}

const ignoreProblem = (): void => undefined;

/**
 * @param waitMs how long a machine that has gone may take to stop its units; 0: nobody is waited for
 * @param onOver called when a unit is thought to run nowhere any more
 */
export function lostRuns(args: {
  mirror: Mirror;
  keys: FleetKeys;
  machineId: string;
  waitMs: number;
  now?: () => number;
  onOver: () => void;
}): LostRuns {
  const { mirror, keys, machineId, waitMs } = args;
  const now = args.now ?? (() => performance.now());
  if (waitMs === 0) return { of: () => [], close: () => undefined };
  /** Keys of states by which others wait, and the store's revision when each was said. */
  const held = new Map<string, number>();
  /** By key: since when it is gone, though it had not said that the unit ended; and when it was said. */
  const lost = new Map<string, { readonly since: number; readonly saidAt: number }>();
  const left = leavings(mirror, keys);
  const timers = new Set<NodeJS.Timeout>();
  const partsOf = (key: string): readonly [unit: string, machine: string] => {
    const [unit = '', machine = ''] = key.slice(keys.states.length).split('/');
    return [unit, machine];
  };
  const isOver = (since: number): boolean => now() - since >= waitMs;

  const lose = (key: string, saidAt: number): void => {
    for (const [other, { since }] of lost) if (isOver(since)) lost.delete(other);
    lost.set(key, { since: now(), saidAt });
    const timer = setTimeout(() => {
      timers.delete(timer);
      args.onOver();
    }, waitMs);
    timers.add(timer);
  };
  /**
   * Has the machine itself taken its word back? It registered before it said it, or in one revision with it, and not again since: a lease that runs
   * out takes both away in one revision, and who registers anew takes along only what it had said that still stands.
   */
  const isTakenBack = (machine: string, saidAt: number): boolean => {
    const registeredAt = mirror.revision(keys.machine(machine));
    return registeredAt !== undefined && registeredAt <= saidAt;
  };
  const note = (key: string): void => {
    const [unit, machine] = partsOf(key);
    if (machine === '' || machine === machineId) return;
    const value = mirror.value(key);
    if (value === undefined) {
      const saidAt = held.get(key);
      held.delete(key);
      if (saidAt !== undefined && !isTakenBack(machine, saidAt)) lose(key, saidAt);
      return;
    }
    const state = readState(unit, machine, value, ignoreProblem);
    if (state === undefined || holdsOthersUp(state)) held.set(key, mirror.revision(key) ?? 0);
    else held.delete(key);
  };
  for (const { unit, machineId: machine } of mirror.view().states) note(keys.state(unit, machine));
  const unfollow = mirror.onChange((changed) => {
    left.note(changed);
    for (const key of changed) if (key.startsWith(keys.states)) note(key);
  });
  return {
    of(unit) {
      // The picture may be newer than the last word about it.
      for (const key of held.keys()) if (mirror.value(key) === undefined) note(key);
      const { leftMachines } = mirror.view();
      const open = [...lost].flatMap(([key, { since, saidAt }]) => {
        const [name, machine] = partsOf(key);
        const isEnded = isOver(since) || leftMachines.includes(machine) || left.since(machine, saidAt);
        return name === unit && !isEnded ? [machine] : [];
      });
      return open.sort();
    },
    close() {
      unfollow();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Which machines have left in order, also those that are back by now: what they had said of units before has ended. */
function leavings(
  mirror: Mirror,
  keys: FleetKeys,
): { note(changed: ReadonlySet<string>): void; since(machine: string, saidAt: number): boolean } {
  const leftAt = new Map<string, number>();
  return {
    note(changed) {
      for (const key of changed) {
        const machine = key.startsWith(keys.machines) ? key.slice(keys.machines.length).split('/')[0] : undefined;
        if (machine === undefined || key !== keys.machineLeft(machine)) continue;
        // Its mark stands, or went when it registered again: it had left before.
        const at = mirror.revision(key) ?? mirror.revision(keys.machine(machine)) ?? 0;
        leftAt.set(machine, Math.max(at, leftAt.get(machine) ?? 0));
      }
    },
    since: (machine, saidAt) => saidAt < (leftAt.get(machine) ?? 0),
  };
}
