import { createHash } from 'node:crypto';
import type { SystemdDriver } from '../../systemd/driver.ts';
import type { Log } from '../daemon/log.ts';
import type { StateRecord } from '../registry/records.ts';
import type { DesiredUnit } from './desired.ts';
import { executeTasks } from './execute.ts';
import type { Holds } from './hold.ts';
import { planTasks, type CurrentUnit } from './plan.ts';
import { reportUnits } from './reports.ts';

/** What a pass works on. `look` is asked before and after every step. */
export interface Hands {
  systemd: SystemdDriver;
  look: () => Promise<CurrentUnit[]>;
  holds: Holds;
  log: Log;
}

/**
 * One pass of an agent: look, plan, do, look again.
 * @returns what this machine then says about its units
 */
export async function agentPass(
  hands: Hands,
  machineId: string,
  desired: readonly DesiredUnit[],
): Promise<StateRecord[]> {
  const { holds } = hands;
  // Wanting less clears the memory of a failed start, so that the next start is tried at once.
  for (const unit of desired) {
    if (unit.wanted === 'loaded' && holds.cause(unit.name, unit.hash) !== undefined) holds.forget(unit.name);
  }
  const current = await settle(hands, desired);
  holds.retain(new Set([...current, ...desired].map((u) => u.name)));
  return reportUnits(machineId, desired, current, (unit, hash) => holds.cause(unit, hash));
}

/** Plans and does until nothing is left, or what is left has to wait: for a unit to end, or for a hold to run out. */
export async function settle(hands: Hands, desired: readonly DesiredUnit[]): Promise<CurrentUnit[]> {
  const { systemd, holds, log } = hands;
  let current = await hands.look();
  // Stop, then unload, then load can follow each other at once when units stop fast.
  for (let round = 0; round < 3; round++) {
    const hashOf = new Map([...current, ...desired].map((u) => [u.name, u.hash]));
    const tasks = planTasks(desired, current).filter((t) => !holds.isHeld(t, hashOf.get(t.unit) ?? ''));
    if (tasks.length === 0) break;
    await executeTasks({ systemd, tasks, desired: new Map(desired.map((d) => [d.name, d])), hashOf, holds, log });
    current = await hands.look();
  }
  return current;
}

/** The unit files of ours on this machine, with systemd's word on each. */
export async function unitsHere(systemd: SystemdDriver): Promise<CurrentUnit[]> {
  const installed = await systemd.installed();
  const observed = await systemd.observe(installed.map((u) => u.name));
  return installed.map((u) => ({
    name: u.name,
    hash: createHash('sha1').update(u.text).digest('hex'),
    started: u.started,
    observed: observed.get(u.name),
  }));
}
