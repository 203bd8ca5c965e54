import type { DesiredState, Machine } from '#platform/fleet/parts/model.ts';
import { readDesired, readMachine, readUnit, type UnitRecord } from '#platform/fleet/registry/records.ts';
import type { HistoryEvent } from '../history/event.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { Freshness } from './freshness.ts';

/** A unit as etcd has it. */
export interface TrueUnit {
  readonly name: string;
  readonly requirements: UnitRecord['requirements'];
  readonly hash: string;
  readonly desired: DesiredState;
  /** Machine id. */
  readonly target: string | undefined;
  /** When its text, or what is wanted of it, last became another, ms; -Infinity: it has been so from its beginning. */
  readonly changedAt: number;
}

/** A unit that systemd runs, or is about to run, or to end. */
export interface Run {
  readonly active: string;
  readonly hash: string;
}

const ignoreBadValue = (): void => {};

/** All that is so at one moment of a history: what etcd has agreed on, what runs where, and whose picture of it may be old. */
export class Truth {
  readonly facts: FleetFacts;
  readonly keys = new Map<string, string>();
  readonly units = new Map<string, TrueUnit>();
  readonly freshness: Freshness;
  /** Machine name -> unit -> its run. Units that are down are not in it. */
  readonly runs = new Map<string, Map<string, Run>>();
  readonly #destroyedAt = new Map<string, number>();
  readonly #failed = new Set<string>();
  /** Hashes of texts that made, or make, a unit a global one. */
  readonly #globalTexts = new Set<string>();
  /** Who wrote the leadership key, as a commit names its author. */
  leaderAuthor: string | undefined;
  at = 0;
  lastCommitAt = 0;
  readonly #names: ReadonlyMap<string, string>;
  readonly #presentSince = new Map<string, number>();
  /** When each machine's key was last written. */
  readonly #writtenAt = new Map<string, number>();
  /** What each machine has last said of itself, and when that became another; -Infinity: it has always said so. */
  readonly #said = new Map<string, { machine: Machine; object: string; changedAt: number }>();
  readonly #startedAt = new Map<string, number>();

  constructor(facts: FleetFacts) {
    this.facts = facts;
    this.#names = new Map(facts.machines.map(({ id, name }) => [id, name]));
    this.freshness = new Freshness(facts);
  }

  /** Takes the next event of the history, in order: all of this is as of the last one. */
  see(event: HistoryEvent): void {
    this.at = event.at;
    this.freshness.see(event);
    if (event.kind === 'unit') this.#turn(event);
    if (event.kind === 'daemon' && event.daemon === 'fleetd' && event.is === 'up')
      this.#startedAt.set(event.machine, event.at);
    if (event.kind !== 'commit') return;
    this.lastCommitAt = event.at;
    const touchedUnits = new Set<string>();
    const touchedMachines = new Set<string>();
    for (const { key, after } of event.changes) {
      if (after === undefined) this.keys.delete(key);
      else this.keys.set(key, after);
      const [folder, name] = key.slice(this.facts.keys.prefix.length).split('/');
      if (name === undefined) continue;
      if (folder === 'job') touchedUnits.add(name);
      if (folder === 'machines') touchedMachines.add(name);
      if (key === this.facts.keys.machine(name)) this.#writtenAt.set(name, event.at);
      if (key === this.facts.keys.leader) this.leaderAuthor = after === undefined ? undefined : event.author;
    }
    for (const name of touchedUnits) this.#readUnit(name);
    for (const id of touchedMachines) this.#readMachine(id);
  }

  /** `core-01` for an id. */
  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /** Machine ID of a machine; a name that is none's is taken for an ID. */
  idOf(name: string): string {
    return this.facts.machines.find((one) => one.name === name)?.id ?? name;
  }

  /** Machines whose key is in etcd. */
  machines(): Machine[] {
    return [...this.#presentSince.keys()].map((id) => this.machine(id)).filter((machine) => machine !== undefined);
  }

  /** What a machine says of itself while its presence is in etcd; undefined otherwise. */
  machine(id: string): Machine | undefined {
    return this.#presentSince.has(id) ? this.#said.get(id)?.machine : undefined;
  }

  /** As it was when it was there last. */
  machineLastSeen(id: string): Machine | undefined {
    return this.#said.get(id)?.machine;
  }

  /** Has the fleetd that runs there registered, not only the one before it? */
  isRegistered({ id, name }: { readonly id: string; readonly name: string }): boolean {
    const writtenAt = this.#presentSince.has(id) ? this.#writtenAt.get(id) : undefined;
    return (writtenAt ?? -Infinity) > (this.#startedAt.get(name) ?? Infinity);
  }

  /** Since when the machine's key has been there, ms; undefined: it is not. */
  presentSince(id: string): number | undefined {
    return this.#presentSince.get(id);
  }

  /** When its metadata last became another, ms; -Infinity: never. */
  machineChangedAt(id: string): number {
    return this.#said.get(id)?.changedAt ?? -Infinity;
  }

  /** Units of which etcd says that they belong on this machine, global ones left out. */
  scheduledTo(id: string): TrueUnit[] {
    return [...this.units.values()].filter((unit) => unit.target === id && !unit.requirements.global);
  }

  /** Did its process die there, the last time it ran? systemd does not start it again. */
  hasFailed(machine: string, unit: string): boolean {
    return this.#failed.has(`${machine} ${unit}`);
  }

  /** Global units that somebody wants. */
  globals(): TrueUnit[] {
    return [...this.units.values()].filter((unit) => unit.requirements.global && unit.desired !== 'inactive');
  }

  /** Units that run on a machine by now, by the machine's name. */
  runsOn(machine: string): ReadonlyMap<string, Run> {
    return this.runs.get(machine) ?? new Map<string, Run>();
  }

  /** Names of the machines on which it runs. */
  whereRuns(unit: string): string[] {
    return [...this.runs].filter(([, runs]) => runs.has(unit)).map(([machine]) => machine);
  }

  /** Those of them where the text that it runs by does not say Global=. */
  whereRunsAlone(unit: string): string[] {
    const isAlone = (hash: string | undefined): boolean => hash !== undefined && !this.#globalTexts.has(hash);
    return this.whereRuns(unit).filter((machine) => isAlone(this.runs.get(machine)?.get(unit)?.hash));
  }

  #turn({ machine, unit, active, hash }: Extract<HistoryEvent, { kind: 'unit' }>): void {
    const runs = this.runs.get(machine) ?? new Map<string, Run>();
    this.runs.set(machine, runs);
    if (active === 'failed') this.#failed.add(`${machine} ${unit}`);
    else this.#failed.delete(`${machine} ${unit}`);
    if (active === 'inactive' || active === 'failed') runs.delete(unit);
    else runs.set(unit, { active, hash });
  }

  #readUnit(name: string): void {
    const job = this.facts.keys.job(name);
    const object = this.keys.get(job.object);
    const read = object === undefined ? undefined : readUnit(name, object, ignoreBadValue);
    if (read === undefined) {
      if (this.units.delete(name)) this.#destroyedAt.set(name, this.at);
      return;
    }
    if (read.requirements.global) this.#globalTexts.add(read.hash);
    const before = this.units.get(name);
    const desired = readDesired(this.keys.get(job.desired), ignoreBadValue);
    const isSame = before === undefined || (before.hash === read.hash && before.desired === desired);
    this.units.set(name, {
      name,
      requirements: read.requirements,
      hash: read.hash,
      desired,
      target: this.keys.get(job.target),
      // One that is made anew is another one than that of its name before.
      changedAt: isSame ? (before?.changedAt ?? this.#destroyedAt.get(name) ?? -Infinity) : this.at,
    });
  }

  /** What a machine that is gone has said of itself last still tells where its units may be. */
  #readMachine(id: string): void {
    const value = this.keys.get(this.facts.keys.machine(id));
    const said = this.#said.get(id);
    const object = value ?? said?.object;
    const overlays = this.facts.keys.machineMetadata(id, '');
    const overlay = [...this.keys].filter(([key]) => key.startsWith(overlays));
    const metadata = Object.fromEntries(overlay.map(([key, text]) => [key.slice(overlays.length), text]));
    const machine = object === undefined ? undefined : readMachine(id, object, metadata, ignoreBadValue);
    if (object === undefined || machine === undefined) return;
    const isOther = said !== undefined && JSON.stringify(said.machine) !== JSON.stringify(machine);
    this.#said.set(id, { machine, object, changedAt: isOther ? this.at : (said?.changedAt ?? -Infinity) });
    if (value === undefined) this.#presentSince.delete(id);
    else if (!this.#presentSince.has(id)) this.#presentSince.set(id, this.at);
  }
}
