import type { ObservedUnit } from '../../systemd/driver.ts';
import type { DesiredUnit } from './desired.ts';

/** A unit file of ours on this machine. */
export interface CurrentUnit {
  name: string;
  hash: string;
  /** Started by this agent (or its predecessor) and not stopped since. */
  started: boolean;
  /** The run that systemd has of it is one that this agent is to end, and has not ended yet. */
  ending: boolean;
  /** Undefined when systemd did not say. */
  observed: ObservedUnit | undefined;
}

export type Verb = 'stop' | 'unload' | 'load' | 'start';
export interface Task {
  verb: Verb;
  unit: string;
  reason: string;
}

/**
 * What to do next so that systemd comes to be as desired, pure. Always in this order: stop, unload, load, start; all files
 * of a batch are in place before the first unit starts, and MachineOf targets start before their followers.
 * A unit that is still stopping gets no task: the pass that follows its end goes on. A unit that has failed gets none
 * either: restarting is systemd's business. So is a unit that is only to be loaded and that systemd has started on its own account
 * (for a timer, a socket, another unit): it runs to its end.
 * @param desired MachineOf targets before followers
 */
export function planTasks(desired: readonly DesiredUnit[], current: readonly CurrentUnit[]): Task[] {
  const tasks: Record<Verb, Task[]> = { stop: [], unload: [], load: [], start: [] };
  const add = (verb: Verb, unit: string, reason: string): void => void tasks[verb].push({ verb, unit, reason });
  const wanted = new Map(desired.map((d) => [d.name, d]));
  const here = new Map(current.map((c) => [c.name, c]));

  for (const unit of [...current].reverse()) {
    const want = wanted.get(unit.name);
    const reason = want === undefined ? 'not scheduled to this machine' : 'its content has changed';
    if (want?.hash === unit.hash) {
      if (want.wanted === 'loaded' && (unit.started || (unit.ending && isUp(unit))))
        add('stop', unit.name, 'its desired state is loaded');
      continue;
    }
    if (unit.started || isUp(unit)) add('stop', unit.name, reason);
    else if (want === undefined && isDown(unit)) add('unload', unit.name, reason);
  }
  for (const want of desired) {
    const unit = here.get(want.name);
    const fresh = unit === undefined || (unit.hash !== want.hash && !unit.started && isDown(unit));
    if (fresh) add('load', want.name, unit === undefined ? 'scheduled to this machine' : 'its content has changed');
    const ready = fresh || (unit.hash === want.hash && !unit.started);
    if (want.wanted === 'launched' && ready) add('start', want.name, 'its desired state is launched');
  }
  return [...tasks.stop, ...tasks.unload, ...tasks.load, ...tasks.start];
}

/** Runs, or is about to: there is something to stop. */
export function isUp(unit: { observed: ObservedUnit | undefined }): boolean {
  return ['active', 'activating', 'reloading'].includes(unit.observed?.active ?? '');
}

function isDown(unit: CurrentUnit): boolean {
  return ['inactive', 'failed'].includes(unit.observed?.active ?? '');
}
