import type { Failures, ObservedUnit, SystemdDriver } from './driver.ts';

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
  const units = new Map<string, MemoryUnit>();
  const wakers = new Set<(unit: string) => void>();
  const calls: string[] = [];
  let goingDown = false;
  let runs = 0;
  const change = (name: string, active: string, sub: string): void => {
    const unit = units.get(name);
    if (!unit) return;
    if (active === 'active' && unit.active !== 'active') unit.invocation = String(++runs);
    Object.assign(unit, { active, sub });
    for (const wake of wakers) setImmediate(() => wake(name));
  };
  const record = (verb: string, names: readonly string[]): Failures => {
    if (names.length > 0) calls.push([verb, ...names].join(' '));
    return new Map();
  };
  return {
    calls,
    installed: async () => [...units].map(([name, u]) => ({ name, text: u.text, started: u.started, stopping: false })),
    async observe(names) {
      return new Map(names.map((name) => [name, observedOf(units.get(name))] as const));
    },
    async load(list) {
      const fresh = { started: false, active: 'inactive', sub: 'dead', invocation: '' };
      for (const { name, text } of list) units.set(name, { text, ...fresh });
      return record(
        'load',
        list.map((u) => u.name),
      );
    },
    async start(names) {
      const failures = record('start', names);
      for (const name of names) {
        const unit = units.get(name);
        if (!unit) failures.set(name, `Unit ${name} not found.`);
        else if (refused(unit.text)) failures.set(name, `Unit ${name} has a bad unit file setting.`);
        else if (name.endsWith('.timer') && !units.has(name.replace(/timer$/, 'service')))
          failures.set(name, `${name.replace(/timer$/, 'service')}, which it is to start, is not on this machine`);
        else {
          unit.started = true;
          if (unit.text.includes('ExecStart=/bin/false')) change(name, 'failed', 'failed');
          else change(name, 'active', 'running');
        }
      }
      return failures;
    },
    async stop(names) {
      for (const name of names) {
        const unit = units.get(name);
        if (unit) unit.started = false;
        if (unit?.active === 'active' && /^ExecStop=./m.test(unit.text)) change(name, 'deactivating', 'stop');
        else change(name, 'inactive', 'dead');
      }
      return record('stop', names);
    },
    async unload(names) {
      for (const name of names) units.delete(name);
      return record('unload', names);
    },
    shuttingDown: async () => goingDown,
    follow(wake) {
      wakers.add(wake);
      return { close: () => wakers.delete(wake) };
    },
    close: () => undefined,
    fail: (name) => change(name, 'failed', 'failed'),
    startByItself: (name) => change(name, 'active', 'running'),
    finish: (name) => change(name, 'inactive', 'dead'),
    goDown() {
      goingDown = true;
      for (const name of units.keys()) change(name, 'inactive', 'dead');
    },
  };
}

function refused(text: string): boolean {
  return /^\[Service\]/m.test(text) && !/^ExecStart=./m.test(text);
}

function observedOf(unit: MemoryUnit | undefined): ObservedUnit {
  if (unit === undefined) return { load: 'not-found', active: 'inactive', sub: 'dead', invocation: '' };
  const { text, active, sub, invocation } = unit;
  return { load: refused(text) ? 'bad-setting' : 'loaded', active, sub, invocation };
}
