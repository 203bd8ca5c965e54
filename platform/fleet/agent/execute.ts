import type { Failures, SystemdDriver } from '../../systemd/driver.ts';
import type { Log } from '../daemon/log.ts';
import type { DesiredUnit } from './desired.ts';
import type { Holds } from './hold.ts';
import type { Task, Verb } from './plan.ts';

/** Carries out a plan, one call of the driver per verb. A unit that fails at one step is left out of the next; others go on. */
export async function executeTasks(args: {
  systemd: SystemdDriver;
  tasks: readonly Task[];
  desired: ReadonlyMap<string, DesiredUnit>;
  hashOf: ReadonlyMap<string, string>;
  holds: Holds;
  log: Log;
}): Promise<void> {
  const { systemd, tasks, desired, holds, log } = args;
  const failed = new Set<string>();
  const hashOf = (unit: string): string => args.hashOf.get(unit) ?? '';
  const step = async (verb: Verb, run: (units: string[]) => Promise<Failures>): Promise<void> => {
    const batch = tasks.filter((t) => t.verb === verb && !failed.has(t.unit));
    if (batch.length === 0) return;
    const failures = await run(batch.map((t) => t.unit));
    for (const task of batch) {
      const cause = failures.get(task.unit);
      log(verb, { unit: task.unit, reason: task.reason, failed: cause });
      if (cause === undefined) holds.done(task, hashOf(task.unit));
      else {
        failed.add(task.unit);
        holds.failed(task, hashOf(task.unit), cause);
      }
    }
  };
  await step('stop', (units) => systemd.stop(units));
  await step('unload', (units) => systemd.unload(units));
  await step('load', (units) => systemd.load(units.map((name) => ({ name, text: desired.get(name)?.text ?? '' }))));
  await step('start', (units) => systemd.start(units));
}
