import { etcdTimeoutMs } from '#platform/fleet/daemon/etcd-timeout.ts';
import type { HistoryEvent } from '../history/event.ts';
import type { FleetFacts } from './fleet-facts.ts';

/** Until TCP gives up an idle watch, and until one that says nothing is found out (`openMirror`), ms. */
const deadWatchMs = 12_000;
const silentWatchMs = 11_000;
/** A machine that missed what etcd said knows that it did after this time, ms. */
export const unawareMs = Math.max(deadWatchMs, silentWatchMs);
/** How late what etcd says reaches a machine that nothing disturbs, ms. */
const usualLagMs = 1_000;

/**
 * From when on what a machine knows of etcd may be: a machine that nothing disturbs knows of everything within a second. One that is cut off, paused, or whose
 * etcd is, may act on what it knew before; and afterwards until its requests have run out, its watch is open again, and its copy
 * has been compared (every 10 s, and again 1 s later).
 */
export class Freshness {
  /** How long after a disturbance a machine's picture may be old yet, ms. */
  readonly recoveryMs: number;
  readonly #machines: readonly string[];
  /** Of each machine: what disturbs it, and since when without a pause longer than the recovery. */
  readonly #troubles = new Map<string, { readonly causes: Set<string>; from: number; until: number }>();
  #at = 0;

  constructor({ machines, ttlSeconds }: FleetFacts) {
    this.#machines = machines.map(({ name }) => name);
    // A request to etcd takes 2.5 times the timeout of one member, at most.
    this.recoveryMs = deadWatchMs + silentWatchMs + 2.5 * etcdTimeoutMs(ttlSeconds);
    for (const name of this.#machines) this.#troubles.set(name, { causes: new Set(), from: 0, until: 0 });
    for (const name of this.#machines) this.#begin(name, `fleetd of ${name}`);
    this.#beginAll('no etcd leader');
  }

  /** Takes the next event of the history, in order. */
  see(event: HistoryEvent): void {
    this.#at = event.at;
    if (event.kind === 'fault') {
      const touched = event.etcd ? this.#machines : event.machines;
      for (const name of touched) this.#change(name, `fault ${event.id}`, event.is === 'begun');
    } else if (event.kind === 'daemon' && event.daemon !== 'machine') {
      const touched = event.daemon === 'etcd' ? this.#machines : [event.machine];
      for (const name of touched) this.#change(name, `${event.daemon} of ${event.machine}`, event.is !== 'up');
    } else if (event.kind === 'etcd-leader') {
      for (const name of this.#machines) this.#change(name, 'no etcd leader', event.machine === undefined);
    }
  }

  /** What the machine does now may be done on what was so at this moment, or anything later. */
  pictureSince(machine: string): number {
    const trouble = this.#troubles.get(machine);
    if (trouble === undefined || this.calmFor(machine) >= this.recoveryMs) return this.#at - usualLagMs;
    return trouble.from - this.recoveryMs;
  }

  /** For how long nothing has disturbed it, ms. */
  calmFor(machine: string): number {
    const trouble = this.#troubles.get(machine);
    if (trouble === undefined) return this.#at;
    return trouble.causes.size > 0 ? 0 : this.#at - trouble.until;
  }

  #change(machine: string, cause: string, begins: boolean): void {
    if (begins) this.#begin(machine, cause);
    else this.#end(machine, cause);
  }

  #beginAll(cause: string): void {
    for (const name of this.#machines) this.#begin(name, cause);
  }

  #begin(machine: string, cause: string): void {
    const trouble = this.#troubles.get(machine);
    if (trouble === undefined) return;
    if (this.calmFor(machine) >= this.recoveryMs) trouble.from = this.#at;
    trouble.causes.add(cause);
  }

  #end(machine: string, cause: string): void {
    const trouble = this.#troubles.get(machine);
    if (trouble?.causes.delete(cause) === true) trouble.until = this.#at;
  }
}
