import type { ObservedUnit } from '../driver.ts';

/** What systemd has said of units so far, by its answers and its signals. */
export interface UnitPicture {
  /** Those of which its word may be old, or that it has not been asked for. */
  unsure(names: readonly string[]): string[];
  /** Neither inactive nor failed, by its last word. */
  isRunning(name: string): boolean;
  /** Object path of a unit that it has been asked for. */
  path(name: string): string | undefined;
  /** Takes in the answer to `ListUnitsByNames`: rows of org.freedesktop.systemd1(5), one for each name in their order. */
  learn(names: readonly string[], rows: unknown): void;
  /** Takes in an InvocationID: 16 bytes, none before the first run. */
  learnInvocation(name: string, id: unknown): void;
  /** Takes in changed properties of the object at `path`. @returns names of units of which they say something new */
  tell(path: string, properties: unknown): string[];
  /** It is asked for the unit anew when somebody wants to know. */
  forget(name: string): void;
  /** All of it may be old. @returns all names */
  doubtAll(): string[];
  /** Its last word on each, sure or not; those that it was never asked for are left out. */
  observed(names: readonly string[]): Map<string, ObservedUnit>;
}

interface Known extends ObservedUnit {
  readonly path: string;
  readonly isSure: boolean;
}

/** Knows nothing yet. */
export function unitPicture(): UnitPicture {
  const known = new Map<string, Known>();
  // A unit may have several names, and one path.
  const namesAt = new Map<string, Set<string>>();

  /** @returns is it new? */
  const update = (name: string, said: Partial<Known>): boolean => {
    const before = known.get(name);
    if (before === undefined) return false;
    const unit = { ...before, ...said };
    known.set(name, unit);
    return unit.active !== before.active || unit.sub !== before.sub || unit.invocation !== before.invocation;
  };
  return {
    unsure: (names) => names.filter((name) => known.get(name)?.isSure !== true),
    isRunning(name) {
      const { active = 'inactive' } = known.get(name) ?? {};
      return active !== 'inactive' && active !== 'failed';
    },
    path: (name) => known.get(name)?.path,
    learn(names, rows) {
      for (const [i, row] of listOf(rows).entries()) {
        const name = names[i];
        const [, , load, active, sub, , path] = listOf(row);
        if (name === undefined || typeof path !== 'string') continue;
        const invocation = known.get(name)?.invocation ?? '';
        known.set(name, { path, load: text(load), active: text(active), sub: text(sub), invocation, isSure: true });
        namesAt.set(path, (namesAt.get(path) ?? new Set()).add(name));
      }
    },
    learnInvocation: (name, id) => void update(name, { invocation: hex(id) }),
    tell(path, properties) {
      const said = fieldsOf(properties);
      return [...(namesAt.get(path) ?? [])].filter((name) =>
        update(name, {
          ...('ActiveState' in said && { active: text(said['ActiveState']) }),
          ...('SubState' in said && { sub: text(said['SubState']) }),
          ...('InvocationID' in said && { invocation: hex(said['InvocationID']) }),
        }),
      );
    },
    forget(name) {
      const path = known.get(name)?.path ?? '';
      known.delete(name);
      namesAt.get(path)?.delete(name);
      if (namesAt.get(path)?.size === 0) namesAt.delete(path);
    },
    doubtAll() {
      const names = [...known.keys()];
      for (const name of names) update(name, { isSure: false });
      return names;
    },
    observed: (names) =>
      new Map(
        names.flatMap((name) => {
          const unit = known.get(name);
          return unit === undefined ? [] : [[name, observedOf(unit)] as const];
        }),
      ),
  };
}

function observedOf({ load, active, sub, invocation }: Known): ObservedUnit {
  return { load, active, sub, invocation };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function hex(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : '';
}
