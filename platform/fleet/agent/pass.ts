import { createHash } from 'node:crypto';
import type { SystemdDriver } from '../../systemd/driver.ts';
import type { Log } from '../parts/log.ts';
import type { StateRecord } from '../registry/records.ts';
import type { DesiredUnit } from './desired.ts';
import type { Endings } from './endings.ts';
import { executeTasks } from './execute.ts';
import type { Holds } from './hold.ts';
import { isDown, isUp, planTasks, type CurrentUnit, type Task } from './plan.ts';
import { reportUnits } from './reports.ts';
import type { WaitsFor } from './start-waits.ts';

/** What a pass works on. `look` is asked before and after every step. */
export interface Hands {
  readonly systemd: SystemdDriver;
  /** Asks systemd for every unit that is here. */
  readonly look: () => Promise<CurrentUnit[]>;
  readonly holds: Holds;
  readonly ends: Endings;
  readonly log: Log;
}

/** What is wanted of a machine. */
export interface Wanted {
  readonly machineId: string;
  /** As it is now: a slow systemd makes a pass long, and what was wanted when it began may be taken back meanwhile. */
  readonly desired: () => readonly DesiredUnit[];
  /** Store revision at which a unit's desired state was last said. */
  readonly saidAt: (unit: string) => number | undefined;
  readonly starts: Starts;
}

/** What stands between a plan to start units and their start. */
export interface Starts {
  readonly waitsFor: WaitsFor;
  /** Tells all machines that these are about to run here. @returns those of which it could; of the others it may not be so any more */
  readonly claim: (units: readonly StartTask[]) => Promise<ReadonlySet<string>>;
}

export type StartTask = Pick<Task, 'unit' | 'hash'>;

/**
 * One pass of an agent: look, plan, do, look again.
 * @returns what this machine then says about its units
 */
export async function agentPass(hands: Hands, { machineId, desired, saidAt, starts }: Wanted): Promise<StateRecord[]> {
  const { holds, ends } = hands;
  let asked: readonly DesiredUnit[] = [];
  const heeded = (): readonly DesiredUnit[] => {
    asked = desired();
    for (const unit of asked) {
      ends.heed(unit, saidAt(unit.name));
      // Wanting less clears the memory of a failed start, so that the next start is tried at once.
      if (unit.wanted === 'loaded' && holds.cause(unit.name, unit.hash) !== undefined) holds.forget(unit.name);
    }
    return asked;
  };
  const current = await settle(hands, heeded, starts);
  const named = new Set([...current, ...asked].map((u) => u.name));
  holds.retain(named);
  ends.retain(named);
  return reportUnits(machineId, asked, current, (unit, hash) => holds.cause(unit, hash));
}

/** Plans and does until nothing is left, or what is left has to wait: for a unit to end, or for a hold to run out. */
export async function settle(
  hands: Hands,
  desired: () => readonly DesiredUnit[],
  starts?: Starts,
): Promise<CurrentUnit[]> {
  const { systemd, holds, ends, log } = hands;
  let current = await hands.look();
  // Stop, then unload, then load can follow each other at once when units stop fast.
  for (let round = 0; round < 3; round++) {
    const here = new Set(current.filter((unit) => !isDown(unit)).map(({ name }) => name));
    holds.up(current.filter(isUp).map(({ name }) => name));
    const planned = planTasks(desired(), current).filter((task) => !holds.isHeld(task));
    const starting = new Set(startable(planned, here, starts));
    const tasks = planned.filter((task) => task.verb !== 'start' || starting.has(task));
    if (tasks.length === 0) break;
    for (const { verb, unit } of tasks)
      if (verb === 'stop') ends.begin(unit, current.find((u) => u.name === unit)?.observed);
    const admit = async (batch: readonly StartTask[]): Promise<ReadonlySet<string>> => {
      // Loading has taken its time: asked again.
      const still = startable(batch, here, starts);
      return still.length === 0 || starts === undefined ? new Set() : starts.claim(still);
    };
    await executeTasks({ systemd, tasks, holds, admit, log });
    current = await hands.look();
  }
  return current;
}

/** Those that need not wait, in their order; each counts as running for those after it. */
function startable<T extends StartTask>(tasks: readonly T[], here: ReadonlySet<string>, starts?: Starts): T[] {
  const running = new Set(here);
  return tasks.filter((task) => {
    if ('verb' in task && task.verb !== 'start') return false;
    if (starts?.waitsFor(task.unit, running) !== undefined) return false;
    running.add(task.unit);
    return true;
  });
}

/** The unit files of ours on this machine, with systemd's word on each. */
export async function unitsHere(systemd: SystemdDriver, ends: Endings): Promise<CurrentUnit[]> {
  const installed = await systemd.installed();
  const observed = await systemd.observe(installed.map((u) => u.name));
  return installed.map((u) => ({
    name: u.name,
    hash: createHash('sha1').update(u.text).digest('hex'),
    started: u.started,
    stopping: u.stopping,
    ending: ends.isEnding(u.name, observed.get(u.name)),
    observed: observed.get(u.name),
  }));
}
