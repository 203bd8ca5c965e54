import { createHash } from 'node:crypto';
import type { SystemdDriver } from '../../systemd/driver.ts';
import type { Log } from '../daemon/log.ts';
import type { DesiredUnit } from './desired.ts';
import type { Endings } from './endings.ts';
import { executeTasks } from './execute.ts';
import type { Holds } from './hold.ts';
import { planTasks, type CurrentUnit } from './plan.ts';

/** This machine's units as systemd has them, and the way to what is desired of them. */
export interface OwnUnits {
  /** As they are now. */
  current(): Promise<CurrentUnit[]>;
  /** Was it among them when they were last looked at? */
  has(unit: string): boolean;
  /** Plans and carries out until nothing is left that can be done at once; what they are then. */
  bringTo(desired: readonly DesiredUnit[]): Promise<CurrentUnit[]>;
}

/** Stop, then unload, then load can follow each other at once when units stop fast. */
const maxRounds = 3;

export function ownUnits(args: { systemd: SystemdDriver; holds: Holds; ends: Endings; log: Log }): OwnUnits {
  const { systemd, holds, ends, log } = args;
  let known = new Set<string>();

  const current = async (): Promise<CurrentUnit[]> => {
    const installed = await systemd.installed();
    const observed = await systemd.observe(installed.map((u) => u.name));
    known = new Set(installed.map((u) => u.name));
    return installed.map((u) => ({
      name: u.name,
      hash: createHash('sha1').update(u.text).digest('hex'),
      started: u.started,
      ending: ends.isEnding(u.name, observed.get(u.name)),
      observed: observed.get(u.name),
    }));
  };
  return {
    current,
    has: (unit) => known.has(unit),
    async bringTo(desired) {
      let units = await current();
      for (let round = 0; round < maxRounds; round++) {
        const tasks = planTasks(desired, units).filter((task) => !holds.isHeld(task));
        if (tasks.length === 0) break;
        for (const { verb, unit } of tasks)
          if (verb === 'stop') ends.begin(unit, units.find((u) => u.name === unit)?.observed);
        await executeTasks({ systemd, tasks, holds, log });
        units = await current();
      }
      return units;
    },
  };
}
