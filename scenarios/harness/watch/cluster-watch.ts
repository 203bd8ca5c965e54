import type { Lab } from '#provision/cluster/lab.ts';
import type { FleetClient, FleetUnit } from '#platform/fleet/client/fleet-client.ts';
import { defaultKeyPrefix } from '#platform/etcd/keys/fleet-keys.ts';
import { servicesPrefix } from '#platform/etcd/keys/service-keys.ts';
import { Blindness } from './blindness.ts';
import { type ClusterView, viewChanges } from '../record/cluster-view.ts';
import { DiscoveryKeys } from './discovery-keys.ts';
import type { EventSink } from '../record/event-log.ts';
import { labFleet } from './lab-fleet.ts';
import { keyTtlMs } from './key-ttl.ts';
import { watchKeys } from './key-watch.ts';
import { startLooking } from './looker.ts';

/** Without any change a look is taken this often, ms; a change in etcd causes one at once. Slow machines get more time. */
const lookEveryMs = 300;
const requestDeadlineMs = 800;

/** Looks at fleet and the discovery keys whenever etcd says that they changed, and logs every change as an event. */
export class ClusterWatch {
  #view: ClusterView = { machines: [], units: [], keys: {} };
  readonly #fleet: FleetClient;
  readonly #keys: DiscoveryKeys;
  readonly #lab: Lab;
  readonly #log: EventSink;
  readonly #blind: Readonly<Record<'units' | 'keys', Blindness>>;

  constructor(lab: Lab, log: EventSink) {
    const { config } = lab;
    this.#lab = lab;
    this.#log = log;
    this.#blind = { units: new Blindness('units', log), keys: new Blindness('keys', log) };
    const addresses = config.machines.map(({ address }) => address);
    const timeoutMs = requestDeadlineMs * config.stretch;
    this.#fleet = labFleet(config, addresses, timeoutMs);
    this.#keys = new DiscoveryKeys(addresses, timeoutMs);
  }

  /** As of the last look that was answered; empty before the first. */
  get view(): ClusterView {
    return this.#view;
  }

  /** Resolves after the first look; throws nothing: an unanswered look is an event. */
  async start(): Promise<void> {
    const addresses = this.#lab.config.machines.map(({ address }) => address);
    const looker = startLooking({
      takeLook: () => this.#lookAtCluster(),
      atLeastEveryMs: lookEveryMs * this.#lab.config.stretch,
      onFailure: (error) => this.#log.add({ type: 'watch-unanswered', data: { error: messageOf(error) } }),
      onRecovery: () => this.#log.add({ type: 'watch-answered', data: {} }),
    });
    const keys = watchKeys(addresses, [defaultKeyPrefix, servicesPrefix], looker.wake);
    this.#stop = async () => {
      keys.stop();
      await looker.stop();
      await this.#keys.close();
      for (const blind of Object.values(this.#blind)) blind.end();
      this.#log.add({ type: 'watch-ended', data: {} });
    };
    await looker.first;
  }

  /** Resolves when nothing of it runs any more; its last event is `watch-ended`. Does nothing before `start`. */
  async stop(): Promise<void> {
    await this.#stop();
  }

  #stop: () => Promise<void> = async () => undefined;

  /** @throws what kept fleet or etcd from answering; what the other said is taken over all the same */
  async #lookAtCluster(): Promise<void> {
    const askedMs = this.#log.nowMs();
    // Not all or nothing: a fleet that is busy must not hide for seconds that a key has gone.
    const [fleet, keys] = await Promise.allSettled([this.#lookAtFleet(), this.#keys.read()]);
    if (fleet.status === 'fulfilled') this.#blind.units.seen(askedMs);
    if (keys.status === 'fulfilled') this.#blind.keys.seen(askedMs);
    const missed = [fleet, keys].find(({ status }) => status === 'rejected');
    const complete = missed === undefined;
    if (complete || this.#looked) {
      this.#take({
        ...(fleet.status === 'fulfilled' ? fleet.value : this.#view),
        keys: keys.status === 'fulfilled' ? keys.value : this.#view.keys,
      });
    }
    if (missed?.status === 'rejected') throw missed.reason;
  }

  async #lookAtFleet(): Promise<Pick<ClusterView, 'machines' | 'units'>> {
    const [machines, units, states] = await Promise.all([
      this.#fleet.listMachines(),
      this.#fleet.listUnits(),
      this.#fleet.listStates(),
    ]);
    const addresses = new Map(this.#lab.config.machines.map(({ address, name }) => [address, name]));
    const hostnames = new Map(
      machines.map((m) => [m.id, (m.primaryIP === undefined ? undefined : addresses.get(m.primaryIP)) ?? m.id]),
    );
    for (const [id, name] of hostnames) this.#names.set(id, name);
    this.#learnTtls(units);
    const nameOf = (id: string | undefined) =>
      id === undefined || id === '' ? undefined : (this.#names.get(id) ?? id);
    return {
      machines: machines.map(({ id }) => nameOf(id) ?? id).sort(),
      units: units.map((unit) => ({
        name: unit.name,
        target: nameOf(unit.machineID),
        reason: unit.reason,
        states: states
          .filter(({ name }) => name === unit.name)
          .flatMap((s) => {
            const machine = nameOf(s.machineID);
            // A state that nobody publishes is of no machine.
            if (machine === undefined) return [];
            return [{ machine, state: `${s.systemdActiveState ?? 'unknown'}/${s.systemdSubState ?? 'unknown'}` }];
          }),
      })),
    };
  }

  /** What a unit's key is allowed to outlive it by is told when the unit is first seen, and when it changes. */
  #learnTtls(units: readonly FleetUnit[]): void {
    for (const { name, options } of units) {
      const ttlMs = keyTtlMs(options.map(({ value }) => value).join('\n'), this.#lab.config.stretch);
      if (ttlMs === undefined || this.#ttls.get(name) === ttlMs) continue;
      this.#ttls.set(name, ttlMs);
      this.#log.add({ type: 'key-ttl', data: { unit: name, ttlMs } });
    }
  }

  readonly #ttls = new Map<string, number>();

  #take(next: ClusterView): void {
    // What is there at the first look did not happen now; it is recorded, and marked.
    const mark = this.#looked ? {} : { initial: true };
    for (const change of viewChanges(this.#view, next, mark)) this.#log.add(change);
    this.#looked = true;
    this.#view = next;
  }

  #looked = false;

  /** Machines keep their name here after they are gone. */
  readonly #names = new Map<string, string>();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
