import type { ObservedUnit } from '../../systemd/driver.ts';
import type { DesiredUnit } from './desired.ts';

/** A unit file of ours on this machine. */
export interface CurrentUnit {
  readonly name: string;
  readonly hash: string;
  /** Started by this agent (or its predecessor) and not stopped since. */
  readonly started: boolean;
  /** Of one that was started: systemd was asked to stop it, and gave no answer. */
  readonly stopping: boolean;
  /** The run that systemd has of it is one that this agent is to end, and has not ended yet. */
  readonly ending: boolean;
  /** Undefined when systemd did not say. */
  readonly observed: ObservedUnit | undefined;
}

export type Verb = 'stop' | 'unload' | 'load' | 'start';
/** `hash`: of the content that is wanted, or of what is here of a unit that is not wanted. `text`: what is to be loaded. */
export type Task = { readonly unit: string; readonly hash: string; readonly reason: string } & (
  { readonly verb: 'stop' | 'unload' | 'start' } | { readonly verb: 'load'; readonly text: string }
);

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
  const add = (task: Task): void => void tasks[task.verb].push(task);
  const wanted = new Map(desired.map((d) => [d.name, d]));
  const here = new Map(current.map((c) => [c.name, c]));

  for (const unit of [...current].reverse()) {
    const want = wanted.get(unit.name);
    const about = { unit: unit.name, hash: (want ?? unit).hash };
    const reason = want === undefined ? 'not scheduled to this machine' : 'its content has changed';
    if (want?.hash === unit.hash) {
      if (want.wanted === 'loaded' && (unit.started || (unit.ending && isUp(unit))))
        add({ verb: 'stop', ...about, reason: 'its desired state is loaded' });
      continue;
    }
    if (unit.started || isUp(unit)) add({ verb: 'stop', ...about, reason });
    else if (want === undefined && isDown(unit)) add({ verb: 'unload', ...about, reason });
  }
  for (const want of desired) {
    const unit = here.get(want.name);
    const about = { unit: want.name, hash: want.hash };
    const fresh = unit === undefined || (unit.hash !== want.hash && !unit.started && isDown(unit));
    const reason = unit === undefined ? 'scheduled to this machine' : 'its content has changed';
    if (fresh) add({ verb: 'load', ...about, text: want.text, reason });
    // What was to be stopped may be down or about to be: systemd is told that it is wanted again, which changes nothing if it runs on.
    const ready = fresh || (unit.hash === want.hash && (!unit.started || unit.stopping));
    if (want.wanted === 'launched' && ready) add({ verb: 'start', ...about, reason: 'its desired state is launched' });
  }
  return [...tasks.stop, ...tasks.unload, ...tasks.load, ...tasks.start];
}

/** Runs, or is about to: there is something to stop. */
export function isUp({ observed }: { observed: ObservedUnit | undefined }): boolean {
  return observed !== undefined && ['active', 'activating', 'reloading'].includes(observed.active);
}

/** Has ended. What systemd did not speak of may run: it has not. */
export function isDown({ observed }: { observed: ObservedUnit | undefined }): boolean {
  return observed !== undefined && ['inactive', 'failed'].includes(observed.active);
}
