import { existsSync } from 'node:fs';
import type { Failures, SystemdDriver } from './driver.ts';
import { unlessRefused } from './bus/bus-connection.ts';
import { missingTrigger, startsAnother } from './bus/missing-trigger.ts';
import {
  isNoSuchUnit,
  managerInterface,
  managerPath,
  type SystemdBus,
  systemdBus,
  systemdSocket,
} from './bus/systemd-bus.ts';
import { unitStates } from './bus/unit-states.ts';
import { hasInstallSection, unitFiles } from './unit-files.ts';

/** Which systemd, and where it looks for unit files. */
export interface SystemdPlace {
  readonly socket: string;
  readonly linkDirectory: string;
  /** The kernel's device for automounts. */
  readonly autofs: string;
}

const ofThisMachine: SystemdPlace = {
  socket: systemdSocket,
  linkDirectory: '/run/systemd/system',
  autofs: '/dev/autofs',
};

/**
 * A systemd, by its D-Bus API. Unit files lie in `unitsDirectory` (tmpfs: gone at reboot). systemd reads all its unit files again only where
 * it must: it looks by itself for the file of a name of which it has never heard, and forgets a unit that has ended and that nobody mentions.
 */
export function systemdDriver(unitsDirectory: string, place: SystemdPlace = ofThisMachine): SystemdDriver {
  const files = unitFiles(unitsDirectory, place.linkDirectory);
  const bus = systemdBus(place.socket);
  const wakers = new Set<(unit: string) => void>();
  const states = unitStates(bus, (unit) => wakers.forEach((wake) => wake(unit)));
  const manager: Manager = (member, signature, ...body) => bus.manager(member, signature, body, () => undefined);
  const reload = async (names: readonly string[], failures: Failures): Promise<void> => {
    const [refused] = (await eachOf([''], () => manager('Reload', ''))).values();
    if (refused !== undefined) for (const name of names) failures.set(name, `daemon-reload: ${refused.message}`);
    states.doubt(names);
  };

  return {
    installed: async () => files.installed(),
    observe: (names) => states.of(names),
    async load(units) {
      const names = units.map((u) => u.name);
      const isKnown = await remembersAny(manager, names);
      const failures = worded(
        'write',
        await eachOf(
          units,
          async (u) => files.write(u.name, u.text),
          ({ name }) => name,
        ),
      );
      states.doubt(names);
      const toEnable = units.filter((u) => hasInstallSection(u.text)).map((u) => u.name);
      const refused = await eachOf(toEnable, (name) => manager('EnableUnitFiles', 'asbb', [name], true, false));
      for (const [name, why] of worded('enable', refused)) failures.set(name, why);
      // Of two files in the same moment systemd may have seen the first only: it looks again when their directory's time is another.
      const isMissed = async () => [...(await states.of(names)).values()].some(({ load }) => load === 'not-found');
      // Whatever wants an enabled unit has to learn of it.
      if (isKnown || toEnable.length > 0 || (await isMissed())) await reload(names, failures);
      return failures;
    },
    async start(names) {
      const unable = await eachOf(names, async (name) => {
        const why = await whyNotStart(bus, place.autofs, name);
        if (why !== undefined) throw new Error(why);
      });
      const able = names.filter((name) => !unable.has(name));
      const refused = await eachOf(able, (name) => manager('StartUnit', 'ss', name, 'replace'));
      for (const name of able) if (!refused.has(name)) files.markStarted(name);
      return worded('start', new Map([...unable, ...refused]));
    },
    async stop(names) {
      const refused = await eachOf(names, (name) => {
        files.markStopping(name);
        return manager('StopUnit', 'ss', name, 'replace');
      });
      // A stop that failed is tried again only as long as the unit counts as started.
      for (const name of names) if (!refused.has(name) || isNoSuchUnit(refused.get(name))) files.unmarkStarted(name);
      return worded('stop', refused);
    },
    async unload(names) {
      const enabled = names.filter((name) => files.wantsEnabling(name));
      await eachOf(enabled, (name) => manager('DisableUnitFiles', 'asb', [name], true));
      // systemd keeps what has failed until somebody has taken note.
      await eachOf(names, (name) => manager('ResetFailedUnit', 's', name));
      const failures = worded('remove', await eachOf(names, async (name) => files.remove(name)));
      states.doubt(names);
      if (await remembersAny(manager, names)) await reload(names, failures);
      return failures;
    },
    shuttingDown: () => isGoingDown(bus),
    follow(wake) {
      wakers.add(wake);
      return { close: () => void wakers.delete(wake) };
    },
    close: () => bus.close(),
  };
}

const shutdownAnswerMs = 2000;

/** Is the machine going down, as far as systemd says so in time? */
async function isGoingDown(bus: SystemdBus): Promise<boolean> {
  const is = bus.property(managerPath, managerInterface, 'SystemState', (value) => value === 'stopping');
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, shutdownAnswerMs, false).unref());
  return Promise.race([is.catch(() => false), late]);
}

type Manager = (member: string, signature: string, ...body: readonly unknown[]) => Promise<void>;

/** Of what systemd would take and drop without a word: why it cannot be started. */
async function whyNotStart(bus: SystemdBus, autofs: string, name: string): Promise<string | undefined> {
  if (name.endsWith('.automount') && !existsSync(autofs)) {
    return `this machine has no ${autofs}: containers do no automount, virtual machines do`;
  }
  return startsAnother(name) ? missingTrigger(bus, name) : undefined;
}

/** Has systemd one of these in memory, as a unit or as a name that another unit mentions? */
async function remembersAny(manager: Manager, names: readonly string[]): Promise<boolean> {
  const is = (name: string) =>
    manager('GetUnit', 's', name).then(
      () => true,
      unlessRefused(() => false),
    );
  return (await Promise.all(names.map(is))).includes(true);
}

/** Does something to all at once, which systemd carries out in their order. Gives those for which it failed, and why. */
async function eachOf<T>(
  all: readonly T[],
  act: (one: T) => Promise<void>,
  nameOf: (one: T) => string = String,
): Promise<Map<string, Error>> {
  const failed = new Map<string, Error>();
  const one = (which: T): Promise<void> =>
    act(which).catch((error: unknown) => {
      failed.set(nameOf(which), error instanceof Error ? error : new Error(String(error)));
    });
  await Promise.all(all.map(one));
  return failed;
}

/** In systemctl's words: `Failed to start a.service: Unit a.service not found.` */
function worded(verb: string, failed: ReadonlyMap<string, Error>): Failures {
  return new Map([...failed].map(([name, { message }]) => [name, `Failed to ${verb} ${name}: ${message}`]));
}
