import { storeOver } from '#platform/etcd/store-over.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { seededRandom } from '#scenarios/chaos/seeded-random.ts';
import { simulatedConnection } from '#simulation/etcd/connection.ts';
import { EtcdCluster } from '#simulation/etcd/etcd-cluster.ts';
import { Agenda } from '#simulation/world/agenda.ts';
import { HostClock } from '#simulation/world/host-clock.ts';
import { Network } from '#simulation/world/network.ts';
import { SimulatedProcess } from '#simulation/world/process.ts';
import { runWorld } from '#simulation/world/run-world.ts';

/** Simulated time with processes in it, and nothing else. */
export interface BareWorld {
  readonly agenda: Agenda;
  readonly clock: HostClock;
  readonly failures: { process: string; error: unknown }[];
  process(name: string): SimulatedProcess;
  /** A process whose code begins with this, now. */
  start(name: string, act: () => void): SimulatedProcess;
  /** Until nothing is left to happen, or `ms` are over. */
  readonly run: (ms?: number) => Promise<void>;
}

export function bareWorld(): BareWorld {
  const agenda = new Agenda();
  const clock = new HostClock(() => agenda.now());
  const random = seededRandom(1);
  const failures: { process: string; error: unknown }[] = [];
  let current: SimulatedProcess | undefined;
  const stage = {
    current: () => current,
    leave: () => (current = undefined),
    onFailure: (process: SimulatedProcess, error: unknown) => void failures.push({ process: process.name, error }),
  };
  const newProcess = (name: string): SimulatedProcess =>
    new SimulatedProcess(name, { agenda, clock, random: () => random.share(), enter: (one) => (current = one) });
  return {
    agenda,
    clock,
    failures,
    process: newProcess,
    start(name, act) {
      const process = newProcess(name);
      agenda.after(0, () => process.run(act));
      return process;
    },
    run(ms = Infinity) {
      const end = agenda.now() + ms;
      // Time goes by from event to event.
      if (ms !== Infinity) agenda.at(end, () => undefined);
      return runWorld(agenda, stage, () => agenda.now() >= end);
    },
  };
}

/** An etcd in a bare world: its members, and clients on their hosts. */
export interface EtcdWorld extends BareWorld {
  readonly network: Network;
  readonly etcd: EtcdCluster;
  /** Whatever became true, in its order. */
  readonly commits: string[];
  /** A store of a process on this host, whose first choice is the member there. */
  store(host: string): { store: EtcdStore; process: SimulatedProcess };
  /** Runs it in the process until it has ended, or `ms` are over. @throws what it throws */
  readonly during: <T>(process: SimulatedProcess, work: () => Promise<T>, ms?: number) => Promise<T>;
  /** The host where no member leads, or where it does. */
  follower(): string;
  leader(): string;
}

export async function etcdWorld(size = 3): Promise<EtcdWorld> {
  const world = bareWorld();
  const { agenda, clock } = world;
  const random = seededRandom(2);
  const network = new Network(agenda, random);
  const hosts = ['a', 'b', 'c', 'd', 'e'].slice(0, size);
  const commits: string[] = [];
  const etcd = new EtcdCluster(
    { agenda, network, random, electionMs: 500 },
    hosts.map((name) => ({ name, clock })),
    {
      onCommit: ({ author, changes }) =>
        void commits.push(...changes.map(({ key, after }) => `${author}: ${key}=${after}`)),
      onLeader: () => undefined,
    },
  );
  for (const host of hosts) network.setUp(host, true);
  agenda.at(0, () => etcd.members.forEach((member) => member.start()));
  await world.run(2_000);
  const known = (host: string | undefined): string => {
    if (host === undefined) throw new Error('there is none');
    return host;
  };
  return {
    ...world,
    network,
    etcd,
    commits,
    store(host) {
      const process = world.process(`client on ${host}`);
      const members = [...etcd.members].sort((one, other) => Number(other.host === host) - Number(one.host === host));
      const connections = members.map((member) => simulatedConnection({ agenda, network, host, process }, member));
      return { store: storeOver(connections, 1_500), process };
    },
    async during<T>(process: SimulatedProcess, work: () => Promise<T>, ms = 600_000): Promise<T> {
      let outcome: { value: T } | { error: unknown } | undefined;
      const end = agenda.now() + ms;
      agenda.after(0, () =>
        process.run(
          () =>
            void work().then(
              (value) => (outcome = { value }),
              (error: unknown) => (outcome = { error }),
            ),
        ),
      );
      while (outcome === undefined && agenda.now() < end) await world.run(100);
      if (outcome === undefined) throw new Error(`after ${ms} ms there is no outcome`);
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    },
    leader: () => known(etcd.leader()),
    follower: () => known(hosts.find((host) => host !== etcd.leader())),
  };
}
