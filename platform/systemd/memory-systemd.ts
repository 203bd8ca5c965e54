import type { Failures, InstalledUnit, ObservedUnit, SystemdDriver } from './driver.ts';

/**
 * A systemd in memory, for tests and simulations of whole clusters in one place. A service becomes active/running when it is
 * started; one whose text says `ExecStart=/bin/false` fails; one without ExecStart= is refused, as systemd refuses it, and so is a
 * timer whose service is not there; one with ExecStop= is deactivating, once it is stopped, until `end`.
 */
export interface MemorySystemd extends SystemdDriver {
  /** As if the unit's process had ended with a failure. */
  fail(name: string): void;
  /** As if systemd had started the unit on its own account (a timer, a socket, another unit's Wants=). */
  startByItself(name: string): void;
  /** As if the unit's process had come to its end. */
  finish(name: string): void;
  /** Every call that changed something, in order: `load a.service b.service`, `start a.service`, ... */
  readonly calls: readonly string[];
  /** The machine shuts down: systemd stops every unit, whoever started it. */
  goDown(): void;
}

interface MemoryUnit {
  readonly text: string;
  started: boolean;
  readonly active: string;
  readonly sub: string;
  invocation: string;
}

/** Has no unit yet. */
export function memorySystemd(): MemorySystemd {
  const units = new MemoryUnits();
  const calls: string[] = [];
  let goingDown = false;
  const record = (verb: string, names: readonly string[]): Failures => {
    if (names.length > 0) calls.push([verb, ...names].join(' '));
    return new Map();
  };
  return {
    calls,
    installed: async () => units.installed(),
    async observe(names) {
      return new Map(names.map((name) => [name, observedOf(units.get(name))] as const));
    },
    async load(list) {
      for (const { name, text } of list) units.put(name, text);
      return record(
        'load',
        list.map((u) => u.name),
      );
    },
    async start(names) {
      const failures = record('start', names);
      for (const name of names) {
        const failure = units.start(name);
        if (failure !== undefined) failures.set(name, failure);
      }
      return failures;
    },
    async stop(names) {
      for (const name of names) units.stop(name);
      return record('stop', names);
    },
    async unload(names) {
      for (const name of names) units.remove(name);
      return record('unload', names);
    },
    shuttingDown: async () => goingDown,
    follow: (wake) => units.follow(wake),
    close: () => undefined,
    fail: (name) => units.change(name, 'failed', 'failed'),
    startByItself: (name) => units.change(name, 'active', 'running'),
    finish: (name) => units.change(name, 'inactive', 'dead'),
    goDown() {
      goingDown = true;
      for (const { name } of units.installed()) units.change(name, 'inactive', 'dead');
    },
  };
}

/** The units, and who is told when one turns. */
class MemoryUnits {
  readonly #units = new Map<string, MemoryUnit>();
  readonly #wakers = new Set<(unit: string) => void>();
  #runs = 0;

  get(name: string): MemoryUnit | undefined {
    return this.#units.get(name);
  }

  installed(): InstalledUnit[] {
    return [...this.#units].map(([name, { text, started }]) => ({ name, text, started, stopping: false }));
  }

  put(name: string, text: string): void {
    this.#units.set(name, { text, started: false, active: 'inactive', sub: 'dead', invocation: '' });
  }

  remove(name: string): void {
    this.#units.delete(name);
  }

  /** @returns why it cannot be started */
  start(name: string): string | undefined {
    const unit = this.#units.get(name);
    if (!unit) return `Unit ${name} not found.`;
    if (refused(unit.text)) return `Unit ${name} has a bad unit file setting.`;
    const service = name.replace(/timer$/, 'service');
    if (name.endsWith('.timer') && !this.#units.has(service))
      return `${service}, which it is to start, is not on this machine`;
    unit.started = true;
    if (unit.text.includes('ExecStart=/bin/false')) this.change(name, 'failed', 'failed');
    else this.change(name, 'active', 'running');
    return undefined;
  }

  stop(name: string): void {
    const unit = this.#units.get(name);
    if (unit) unit.started = false;
    if (unit?.active === 'active' && /^ExecStop=./m.test(unit.text)) this.change(name, 'deactivating', 'stop');
    else this.change(name, 'inactive', 'dead');
  }

  change(name: string, active: string, sub: string): void {
    const unit = this.#units.get(name);
    if (!unit) return;
    if (active === 'active' && unit.active !== 'active') unit.invocation = String(++this.#runs);
    Object.assign(unit, { active, sub });
    for (const wake of this.#wakers) setImmediate(() => wake(name));
  }

  follow(wake: (unit: string) => void): { close(): void } {
    this.#wakers.add(wake);
    return { close: () => this.#wakers.delete(wake) };
  }
}

function refused(text: string): boolean {
  return /^\[Service\]/m.test(text) && !/^ExecStart=./m.test(text);
}

function observedOf(unit: MemoryUnit | undefined): ObservedUnit {
  if (unit === undefined) return { load: 'not-found', active: 'inactive', sub: 'dead', invocation: '' };
  const { text, active, sub, invocation } = unit;
  return { load: refused(text) ? 'bad-setting' : 'loaded', active, sub, invocation };
}
