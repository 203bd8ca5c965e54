import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { Failures, SystemdDriver } from '#platform/systemd/driver.ts';
import type { Agenda } from '../world/agenda.ts';
import type { SimulatedProcess } from '../world/process.ts';
import type { Systemd } from './systemd.ts';

/** How systemd answers on a machine at this moment. */
export interface Temper {
  /** How many times longer than usual a command takes. */
  readonly slowness: number;
  /** Share of commands that go wrong: part of the answer is missing, or it fails for some units, done or not. */
  readonly stumbles: number;
}

/** What a driver is for: one run of fleetd on one machine. */
export interface DriverGround {
  readonly agenda: Agenda;
  readonly random: SeededRandom;
  readonly systemd: Systemd;
  readonly process: SimulatedProcess;
  readonly temper: () => Temper;
  /** Runs it when the machine does not stand still; never when it goes down first. */
  readonly whenAwake: (act: () => void) => void;
  /** systemd has been told something. */
  onCommand(verb: string, units: readonly string[]): void;
}

/** How long a command takes, ms: as long as systemctl did; systemd's own answers come sooner. */
const duration = { files: [0.5, 4], show: [8, 40], order: [8, 50], reload: [40, 250] } as const;

/**
 * Stands for `systemdDriver`. A call that was sent goes on when fleetd is killed (fleet.service has KillMode=process); what fleetd
 * itself does to files, it does only while it lives.
 */
export function simulatedDriver(ground: DriverGround): SystemdDriver {
  const { systemd, process, random } = ground;
  const isStumbling = (): boolean => random.chance(ground.temper().stumbles);
  const run = commandRunner(ground);
  /** Tells systemd something of each unit, of which some may fail. */
  const tell = (verb: string, names: readonly string[], act: (name: string) => string | undefined): Failures => {
    ground.onCommand(verb, names);
    const stumbles = isStumbling();
    const failures: Failures = new Map();
    for (const name of names) {
      const fails = stumbles && random.chance(0.6);
      const why = fails && random.chance(0.5) ? undefined : act(name);
      if (fails) failures.set(name, `Failed to ${verb} ${name}: Connection timed out`);
      else if (why !== undefined) failures.set(name, why);
    }
    return failures;
  };
  return {
    installed: () => run('files', () => (process.isAlive() ? systemd.installed() : [])),
    observe: (names) =>
      run('show', () => {
        const seen = isStumbling() ? names.filter(() => random.chance(0.5)) : names;
        return new Map(seen.map((name) => [name, systemd.observe(name)] as const));
      }),
    load: (units) =>
      run('reload', () => {
        if (!process.isAlive()) return new Map();
        const texts = new Map(units.map(({ name, text }) => [name, text]));
        return tell('load', [...texts.keys()], (name) => void systemd.load(name, texts.get(name) ?? ''));
      }),
    async start(names) {
      const failures = await run('order', () => tell('start', names, (name) => systemd.start(name)));
      for (const name of names) if (!failures.has(name)) systemd.mark(name, 'started');
      return failures;
    },
    async stop(names) {
      for (const name of names) systemd.mark(name, 'stopping');
      const failures = await run('order', () => tell('stop', names, (name) => systemd.stop(name)));
      for (const name of names) if (failures.get(name)?.includes('not loaded') ?? true) systemd.mark(name, undefined);
      return failures;
    },
    unload: (names) =>
      run('reload', () => {
        if (process.isAlive()) ground.onCommand('unload', names);
        if (process.isAlive()) for (const name of names) systemd.remove(name);
        return new Map();
      }),
    shuttingDown: async () => false,
    follow: (wake) => follow(ground, wake),
    close: () => undefined,
  };
}

/** A command has its effect half way through the time it takes; who gave it hears of it at the end, if it lives. */
function commandRunner({ agenda, random, process, temper, whenAwake }: DriverGround) {
  return <T>(kind: keyof typeof duration, act: () => T): Promise<T> =>
    new Promise((resolve) => {
      const [least, most] = duration[kind];
      const half = ((least + random.share() * (most - least)) * temper().slowness) / 2;
      agenda.after(half, () =>
        whenAwake(() => {
          const result = act();
          agenda.after(half, () => process.run(() => resolve(result)));
        }),
      );
    });
}

function follow({ agenda, random, systemd, process }: DriverGround, wake: (unit: string) => void): { close(): void } {
  return systemd.follow((unit) => {
    if (process.isAlive()) agenda.after(2 + random.share() * 30, () => process.run(() => wake(unit)));
  });
}
