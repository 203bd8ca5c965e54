import type { Task } from './plan.ts';

/**
 * Keeps a task that has just been tried from being tried in every pass: one that failed waits 2 s doubling to 60 s, a stop that is
 * under way waits 5 s. A bad unit so costs little and never stands in the way of others. A failed start is tried again as soon as
 * other units have been loaded, one of which may be what it lacked; and, once, as soon as the unit is seen to be up: then systemd has carried
 * out what it gave no answer to.
 */
export interface Holds {
  /** It was tried a short while ago, with the same text of the unit. */
  isHeld(task: Task): boolean;
  /** It could not be done: it waits, twice as long as the last time if that was the same task. */
  failed(task: Task, cause: string): void;
  /** It was done; a stop was only asked for, and is not asked for again for 5 s. */
  done(task: Task): void;
  /** Another unit file is here now. */
  loaded(): void;
  /** systemd says that these run, or are about to. */
  up(units: readonly string[]): void;
  /** Why the last try for this text of the unit failed. */
  cause(unit: string, hash: string): string | undefined;
  /** Nothing of this unit is held any more. */
  forget(unit: string): void;
  /** Forgets every other unit. */
  retain(units: ReadonlySet<string>): void;
}

interface Hold {
  readonly task: string;
  readonly hash: string;
  readonly untilMs: number;
  readonly failures: number;
  readonly cause?: string;
  /** It was up when, or since, its start failed, and that start was tried again therefore: not once more before its time. */
  readonly wasUp?: boolean;
}

/** Without any hold. @param now a clock in ms */
export function taskHolds(now: () => number): Holds {
  const holds = new Map<string, Hold>();
  return {
    isHeld(task) {
      const hold = holds.get(task.unit);
      return hold?.task === task.verb && hold.hash === task.hash && now() < hold.untilMs;
    },
    failed(task, cause) {
      const before = holds.get(task.unit);
      const again = before?.task === task.verb && before.hash === task.hash ? before : undefined;
      const failures = (again?.failures ?? 0) + 1;
      const untilMs = now() + Math.min(60_000, 1000 * 2 ** failures);
      const wasUp = again?.wasUp ?? false;
      holds.set(task.unit, { task: task.verb, hash: task.hash, untilMs, failures, cause, wasUp });
    },
    done(task) {
      if (task.verb === 'stop')
        holds.set(task.unit, { task: 'stop', hash: task.hash, untilMs: now() + 5000, failures: 0 });
      else holds.delete(task.unit);
    },
    loaded() {
      for (const [unit, hold] of holds) if (hold.task === 'start') holds.set(unit, { ...hold, untilMs: now() });
    },
    up(units) {
      for (const unit of units) {
        const hold = holds.get(unit);
        if (hold?.task === 'start' && hold.wasUp !== true) holds.set(unit, { ...hold, untilMs: now(), wasUp: true });
      }
    },
    cause(unit, hash) {
      const hold = holds.get(unit);
      return hold?.hash === hash ? hold.cause : undefined;
    },
    forget: (unit) => void holds.delete(unit),
    retain(units) {
      for (const unit of holds.keys()) if (!units.has(unit)) holds.delete(unit);
    },
  };
}
