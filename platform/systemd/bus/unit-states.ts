import type { ObservedUnit } from '../driver.ts';
import { type BusSignal, unlessRefused } from './bus-connection.ts';
import { managerInterface, type SystemdBus, unitInterface } from './systemd-bus.ts';
import { unitPicture } from './unit-picture.ts';

/** What systemd says of units: asked once, in one question for all, then told by its signals. */
export interface UnitStates {
  /** A unit of which systemd does not speak is left out. @throws LabError `timeout.systemd` */
  of(names: readonly string[]): Promise<Map<string, ObservedUnit>>;
  /** Something was done to the units' files: ask again. */
  doubt(names: readonly string[]): void;
}

/** A picture that signals keep is not believed for ever: then it is asked for anew. */
const believedMs = 30_000;

/** @param changed told of a unit that was asked for and of which systemd says something new */
export function unitStates(
  bus: SystemdBus,
  changed: (unit: string) => void,
  now = () => performance.now(),
): UnitStates {
  const picture = unitPicture();
  let askedAt = -Infinity;

  bus.listen({
    signal({ path, interface: of, member, body }: BusSignal) {
      if (member === 'PropertiesChanged' && body[0] === unitInterface) picture.tell(path, body[1]).forEach(changed);
      // Whoever had systemd read its unit files again: a unit may be another now, or none.
      else if (of === managerInterface && member === 'Reloading' && body[0] === false) picture.doubtAll();
    },
    connected: () => picture.doubtAll().forEach(changed),
  });

  const ask = (names: readonly string[]): Promise<void> =>
    bus.manager('ListUnitsByNames', 'as', [names], ([rows]) => picture.learn(names, rows));
  /** One name that systemd does not take for a unit's fails the whole question. */
  const askOneByOne = async (names: readonly string[]): Promise<void> => {
    await Promise.all(names.map((name) => ask([name]).catch(unlessRefused(() => picture.forget(name)))));
  };
  const askInvocation = async (name: string): Promise<void> => {
    const path = picture.path(name);
    if (path === undefined || !picture.isRunning(name)) return;
    const learn = (id: unknown): void => picture.learnInvocation(name, id);
    await bus.property(path, unitInterface, 'InvocationID', learn).catch(unlessRefused(() => undefined));
  };
  return {
    doubt: (names) => names.forEach((name) => picture.forget(name)),
    async of(names) {
      if (now() - askedAt > believedMs) {
        askedAt = now();
        picture.doubtAll();
      }
      const unsure = picture.unsure(names);
      if (unsure.length > 0) {
        await ask(unsure).catch(unlessRefused(() => askOneByOne(unsure)));
        await Promise.all(unsure.map(askInvocation));
      }
      return picture.observed(names);
    },
  };
}
