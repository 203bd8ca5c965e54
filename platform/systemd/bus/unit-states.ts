import type { ObservedUnit } from '../driver.ts';
import { type BusSignal, unlessRefused } from './bus-connection.ts';
import { managerInterface, type SystemdBus, unitInterface } from './systemd-bus.ts';

/** What systemd says of units: asked once, in one question for all, then told by its signals. */
export interface UnitStates {
  /** A unit of which systemd does not speak is left out. @throws LabError `timeout.systemd` */
  of(names: readonly string[]): Promise<Map<string, ObservedUnit>>;
  /** Something was done to the units' files: ask again. */
  doubt(names: readonly string[]): void;
}

interface Known {
  readonly path: string;
  load: string;
  active: string;
  sub: string;
  invocation: string;
  isSure: boolean;
}

/** A picture that signals keep is not believed for ever: then it is asked for anew. */
const believedMs = 30_000;

/** @param changed told of a unit that was asked for and of which systemd says something new */
export function unitStates(
  bus: SystemdBus,
  changed: (unit: string) => void,
  now = () => performance.now(),
): UnitStates {
  const known = new Map<string, Known>();
  const namesAt = new Map<string, Set<string>>();
  let askedAt = -Infinity;

  const doubtAll = (): void => {
    for (const unit of known.values()) unit.isSure = false;
  };
  const tell = (path: string, said: Readonly<Record<string, unknown>>): void => {
    for (const name of namesAt.get(path) ?? []) {
      const unit = known.get(name);
      if (unit === undefined) continue;
      const before = [unit.active, unit.sub, unit.invocation].join(' ');
      unit.active = text(said['ActiveState'], unit.active);
      unit.sub = text(said['SubState'], unit.sub);
      unit.invocation = said['InvocationID'] === undefined ? unit.invocation : hex(said['InvocationID']);
      if ([unit.active, unit.sub, unit.invocation].join(' ') !== before) changed(name);
    }
  };
  bus.listen({
    signal({ path, interface: of, member, body }: BusSignal) {
      if (member === 'PropertiesChanged' && body[0] === unitInterface) tell(path, fieldsOf(body[1]));
      // Whoever had systemd read its unit files again: a unit may be another now, or none.
      else if (of === managerInterface && member === 'Reloading' && body[0] === false) doubtAll();
    },
    connected() {
      doubtAll();
      for (const name of known.keys()) changed(name);
    },
  });

  const learn = (asked: readonly string[], [rows]: readonly unknown[]): void => {
    for (const [i, row] of (rows as readonly (readonly unknown[])[]).entries()) {
      const name = asked[i];
      const [, , load, active, sub, , path] = row;
      if (name === undefined || typeof path !== 'string') continue;
      const before = known.get(name);
      const said = { load: text(load, ''), active: text(active, ''), sub: text(sub, '') };
      known.set(name, { path, ...said, invocation: before?.invocation ?? '', isSure: true });
      namesAt.set(path, (namesAt.get(path) ?? new Set()).add(name));
    }
  };
  const forget = (name: string): void => {
    const path = known.get(name)?.path ?? '';
    known.delete(name);
    namesAt.get(path)?.delete(name);
    if (namesAt.get(path)?.size === 0) namesAt.delete(path);
  };
  const ask = (asked: readonly string[]): Promise<void> =>
    bus.manager('ListUnitsByNames', 'as', [asked], (body) => learn(asked, body));
  const askOneByOne = (asked: readonly string[]): Promise<unknown> =>
    Promise.all(asked.map((name) => ask([name]).catch(unlessRefused(() => forget(name)))));
  const askInvocation = (name: string, { path }: Known): Promise<void> =>
    bus.property(path, unitInterface, 'InvocationID', (value) => {
      const unit = known.get(name);
      if (unit !== undefined) unit.invocation = hex(value);
    });

  return {
    doubt: (names) => names.forEach(forget),
    async of(names) {
      if (now() - askedAt > believedMs) {
        askedAt = now();
        doubtAll();
      }
      const unsure = names.filter((name) => known.get(name)?.isSure !== true);
      if (unsure.length > 0) {
        // One name that systemd does not take for a unit's fails the whole question.
        await ask(unsure).catch(unlessRefused(() => askOneByOne(unsure)));
        await Promise.all(
          unsure.map((name) => {
            const unit = known.get(name);
            if (unit === undefined || !isRunning(unit)) return undefined;
            return askInvocation(name, unit).catch(unlessRefused(() => undefined));
          }),
        );
      }
      return new Map(names.flatMap((name) => observed(name, known.get(name))));
    },
  };
}

function observed(name: string, unit: Known | undefined): [string, ObservedUnit][] {
  if (unit === undefined) return [];
  const { load, active, sub, invocation } = unit;
  return [[name, { load, active, sub, invocation }]];
}

function isRunning({ active }: Known): boolean {
  return active !== 'inactive' && active !== 'failed';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** 16 bytes; none before the first run. */
function hex(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : '';
}
