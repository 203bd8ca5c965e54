import type { Lab } from '../../provision/cluster/lab.ts';
import { unitJournal } from './evidence.ts';
import { type FleetClient, openFleetClient } from '../../platform/fleet/client/fleet-client.ts';
import type { Condition } from '../../provision/cluster/conditions.ts';
import { type ClusterView, runningOn, viewChanges } from './cluster-view.ts';
import { discoveryKeys } from './discovery-keys.ts';
import type { EventLog } from './event-log.ts';
import { type Sampler, startSampler } from './sampler.ts';

/** Pause between two looks at the cluster, ms: the resolution of every time taken from it. */
export const watchEveryMs = 200;
const requestDeadlineMs = 800;

/** Looks at fleet and the discovery keys five times a second and logs every change as an event. */
export class ClusterWatch {
  #view: ClusterView = { machines: [], units: [], keys: {} };
  #sampler: Sampler | undefined;
  readonly #fleet: FleetClient;
  readonly #lab: Lab;
  readonly #log: EventLog;

  constructor(lab: Lab, log: EventLog) {
    const { config } = lab;
    this.#lab = lab;
    this.#log = log;
    const endpoints = config.machines.map(({ address }) => `http://${address}:${config.ports.fleetApi}`);
    this.#fleet = openFleetClient({ endpoints, timeoutMs: requestDeadlineMs });
  }

  get view(): ClusterView {
    return this.#view;
  }

  start(): void {
    let failing = false;
    this.#sampler = startSampler(
      watchEveryMs,
      async () => {
        await this.#look();
        if (failing) this.#log.add('watch-answered');
        failing = false;
      },
      (error) => {
        if (!failing)
          this.#log.add('watch-unanswered', { error: error instanceof Error ? error.message : String(error) });
        failing = true;
      },
    );
  }

  async stop(): Promise<void> {
    await this.#sampler?.stop();
  }

  /** Every one of these units is active and running on exactly one machine. */
  unitsRunning(units: readonly string[]): Condition {
    return {
      name: units.length === 1 ? `${units[0] ?? ''} active running` : `${units.length} units active running`,
      missing: async () => {
        const waiting = units.filter((unit) => runningOn(this.#view, unit) === undefined);
        return waiting.length === 0
          ? undefined
          : `${units.length - waiting.length} of ${units.length} running; not yet: ${waiting.join(', ')}`;
      },
      evidence: () =>
        unitJournal(
          this.#lab,
          units.filter((unit) => runningOn(this.#view, unit) === undefined),
        ),
    };
  }

  async #look(): Promise<void> {
    const [machines, units, states, keys] = await Promise.all([
      this.#fleet.listMachines(),
      this.#fleet.listUnits(),
      this.#fleet.listStates(),
      discoveryKeys(
        this.#lab.config.machines.map(({ address }) => address),
        requestDeadlineMs,
      ),
    ]);
    const addresses = new Map(this.#lab.config.machines.map(({ address, name }) => [address, name]));
    const hostnames = new Map(machines.map((m) => [m.id, addresses.get(m.primaryIP ?? '') ?? m.id]));
    for (const [id, name] of hostnames) this.#names.set(id, name);
    const nameOf = (id: string | undefined) =>
      id === undefined || id === '' ? undefined : (this.#names.get(id) ?? id);
    const next: ClusterView = {
      machines: machines.map(({ id }) => nameOf(id) ?? id).sort(),
      units: units.map((unit) => ({
        name: unit.name,
        target: nameOf(unit.machineID),
        reason: unit.reason,
        states: states
          .filter(({ name }) => name === unit.name)
          .map((s) => ({
            machine: nameOf(s.machineID) ?? '',
            state: `${s.systemdActiveState ?? ''}/${s.systemdSubState ?? ''}`,
          })),
      })),
      keys,
    };
    // What is there at the first look did not happen now; it is recorded, and marked.
    const mark = this.#looked ? {} : { initial: true };
    for (const change of viewChanges(this.#view, next)) this.#log.add(change.type, { ...change.data, ...mark });
    this.#looked = true;
    this.#view = next;
  }

  #looked = false;

  /** Machines keep their name here after they are gone. */
  readonly #names = new Map<string, string>();
}
