import type { Failures, SystemdDriver } from '../../systemd/driver.ts';
import type { Log } from '../parts/log.ts';
import type { Holds } from './hold.ts';
import type { Task, Verb } from './plan.ts';

/**
 * Carries out a plan, one call of the driver per verb. A unit that fails at one step is left out of the next; others go on.
 * @param admit asked just before units are started: which of them may be
 */
export async function executeTasks(args: {
  systemd: SystemdDriver;
  tasks: readonly Task[];
  holds: Holds;
  admit: (units: readonly Task[]) => Promise<ReadonlySet<string>>;
  log: Log;
}): Promise<void> {
  const { systemd, tasks, holds, admit, log } = args;
  const failed = new Set<string>();
  const step = async <V extends Verb>(
    verb: V,
    run: (batch: readonly Extract<Task, { verb: V }>[]) => Promise<Failures>,
  ): Promise<void> => {
    const isNext = (task: Task): task is Extract<Task, { verb: V }> => task.verb === verb && !failed.has(task.unit);
    const planned = tasks.filter(isNext);
    const admitted = verb === 'start' && planned.length > 0 ? await admit(planned) : undefined;
    const batch = planned.filter(({ unit }) => admitted?.has(unit) ?? true);
    if (batch.length === 0) return;
    const failures = await run(batch);
    for (const task of batch) {
      const cause = failures.get(task.unit);
      log(verb, { unit: task.unit, reason: task.reason, failed: cause });
      if (cause === undefined) {
        holds.done(task);
        if (verb === 'load') holds.loaded();
      } else {
        failed.add(task.unit);
        holds.failed(task, cause);
      }
    }
  };
  const unitsOf = (batch: readonly Task[]): string[] => batch.map((task) => task.unit);
  await step('stop', (batch) => systemd.stop(unitsOf(batch)));
  await step('unload', (batch) => systemd.unload(unitsOf(batch)));
  await step('load', (batch) => systemd.load(batch.map(({ unit, text }) => ({ name: unit, text }))));
  await step('start', (batch) => systemd.start(unitsOf(batch)));
}
