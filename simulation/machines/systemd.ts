import { createHash } from 'node:crypto';
import type { InstalledUnit, ObservedUnit } from '#platform/systemd/driver.ts';
import type { Agenda, Cancel } from '../world/agenda.ts';
import { behaviourOf, type UnitBehaviour } from './unit-behaviour.ts';

/** What becomes of a unit on a machine. `hash`: of the text that it runs by. */
export interface UnitTurn {
  readonly unit: string;
  readonly active: string;
  readonly hash: string;
}

type Mark = 'started' | 'stopping' | undefined;

interface Unit {
  /** Undefined: its file was removed while it ran. */
  text: string | undefined;
  /** Our mark beside the file: started, or asked to stop without an answer yet; none of one that was not started, or was stopped since. */
  mark: Mark;
  active: string;
  sub: string;
  invocation: string;
  /** Of the text with which it was started, and what that says. */
  hash: string;
  behaviour: UnitBehaviour | undefined;
  /** It is to be started once it has stopped. */
  startsAgain: boolean;
  next: Cancel;
}

/**
 * The systemd of one machine: unit files, and units that take their time to start, to stop and to end. It outlives fleetd; all of it is gone when
 * the machine goes down (the files lie in /run). Like the real one it is told by commands that go on when who gave them dies.
 */
export class Systemd {
  readonly #agenda: Agenda;
  readonly #onTurn: (turn: UnitTurn) => void;
  readonly #units = new Map<string, Unit>();
  readonly #followers = new Set<(unit: string) => void>();
  #runs = 0;

  constructor(agenda: Agenda, onTurn: (turn: UnitTurn) => void) {
    this.#agenda = agenda;
    this.#onTurn = onTurn;
  }

  /** Unit files there are, by name; `started`: it is marked. */
  installed(): InstalledUnit[] {
    const files = [...this.#units].flatMap(([name, { text, mark }]) =>
      text === undefined ? [] : [{ name, text, started: mark !== undefined, stopping: mark === 'stopping' }],
    );
    return files.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A unit as systemctl shows it; `not-found` for one without a file. */
  observe(name: string): ObservedUnit {
    const unit = this.#units.get(name);
    if (unit === undefined) return { load: 'not-found', active: 'inactive', sub: 'dead', invocation: '' };
    const { text, active, sub, invocation } = unit;
    const load = text === undefined ? 'not-found' : behaviourOf(text) === undefined ? 'bad-setting' : 'loaded';
    return { load, active, sub, invocation };
  }

  /** Writes a unit file. A unit that runs goes on as it was begun. */
  load(name: string, text: string): void {
    const unit = this.#units.get(name);
    if (unit !== undefined) unit.text = text;
    else {
      const idle = { active: 'inactive', sub: 'dead', invocation: '', hash: '', behaviour: undefined };
      this.#units.set(name, { text, mark: undefined, startsAgain: false, next: () => {}, ...idle });
    }
  }

  /** @returns why it cannot */
  start(name: string): string | undefined {
    const unit = this.#units.get(name);
    if (unit?.text === undefined) return `Unit ${name} not found.`;
    if (behaviourOf(unit.text) === undefined) return `Unit ${name} has a bad unit file setting.`;
    if (unit.active === 'deactivating') unit.startsAgain = true;
    else if (unit.active !== 'active' && unit.active !== 'activating') this.#begin(name, unit);
    return undefined;
  }

  /** @returns why it cannot */
  stop(name: string): string | undefined {
    const unit = this.#units.get(name);
    if (unit === undefined) return `Unit ${name} not loaded.`;
    unit.startsAgain = false;
    if (unit.active !== 'active' && unit.active !== 'activating') return undefined;
    this.#turn(name, unit, 'deactivating', 'stop-sigterm');
    this.#then(unit, unit.behaviour?.stopMs ?? 0, () => {
      this.#turn(name, unit, 'inactive', 'dead');
      if (unit.startsAgain) this.#begin(name, unit);
    });
    return undefined;
  }

  /** Marks a unit that has a file, or takes its mark away; only one that was started can be stopping. */
  mark(name: string, mark: Mark): void {
    const unit = this.#units.get(name);
    if (unit === undefined || (mark === 'stopping' && unit.mark === undefined)) return;
    unit.mark = mark;
  }

  /** Removes a unit file; a unit that runs goes on without one. */
  remove(name: string): void {
    const unit = this.#units.get(name);
    if (unit === undefined) return;
    if (unit.active === 'inactive' || unit.active === 'failed') this.#units.delete(name);
    else Object.assign(unit, { text: undefined, mark: undefined });
  }

  /** The process of a unit that runs dies. */
  fail(name: string): void {
    const unit = this.#units.get(name);
    if (unit?.active === 'active') this.#turn(name, unit, 'failed', 'failed');
  }

  /** Units whose processes run. */
  running(): string[] {
    return [...this.#units].filter(([, { active }]) => active === 'active').map(([name]) => name);
  }

  /** The machine's power is gone. */
  clear(): void {
    for (const [name, unit] of this.#units) {
      unit.next();
      if (unit.active !== 'inactive' && unit.active !== 'failed') this.#turn(name, unit, 'inactive', 'dead');
    }
    this.#units.clear();
    this.#followers.clear();
  }

  /** `wake` is told of each unit whose state changes, until it is closed. */
  follow(wake: (unit: string) => void): { close(): void } {
    this.#followers.add(wake);
    return { close: () => this.#followers.delete(wake) };
  }

  #begin(name: string, unit: Unit): void {
    const text = unit.text ?? '';
    const behaviour = behaviourOf(text);
    if (behaviour === undefined) return;
    const { startMs, runsMs, endsWell } = behaviour;
    unit.invocation = String(++this.#runs);
    unit.hash = createHash('sha1').update(text).digest('hex');
    unit.behaviour = behaviour;
    unit.startsAgain = false;
    this.#turn(name, unit, 'activating', 'start');
    this.#then(unit, startMs, () => {
      this.#turn(name, unit, 'active', 'running');
      if (runsMs === undefined) return;
      this.#then(unit, runsMs, () => {
        if (endsWell) this.#turn(name, unit, 'inactive', 'dead');
        else this.#turn(name, unit, 'failed', 'failed');
      });
    });
  }

  #then(unit: Unit, ms: number, act: () => void): void {
    unit.next();
    unit.next = this.#agenda.after(ms, act);
  }

  #turn(name: string, unit: Unit, active: string, sub: string): void {
    if (active !== 'active') unit.next();
    Object.assign(unit, { active, sub });
    if (unit.text === undefined && (active === 'inactive' || active === 'failed')) this.#units.delete(name);
    this.#onTurn({ unit: name, active, hash: unit.hash });
    for (const wake of this.#followers) wake(name);
  }
}
