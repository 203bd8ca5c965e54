import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { seededRandom, type SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import { EtcdCluster } from '../etcd/etcd-cluster.ts';
import type { HistoryEvent } from '../history/event.ts';
import type { Tampering } from '../machines/fleetd.ts';
import { Machine, type WithoutTime } from '../machines/machine.ts';
import { machineId, machineName, type Plan, type Which } from '../plan/plan.ts';
import { Agenda } from '../world/agenda.ts';
import { HostClock } from '../world/host-clock.ts';
import { Network } from '../world/network.ts';
import { SimulatedProcess, type ProcessGround } from '../world/process.ts';
import type { Stage } from '../world/run-world.ts';

/** As lab.toml has it: etcd elects within half a second. */
const electionMs = 500;

/** Everything of one simulation: machines, etcd, the network between them, and the time they live in. */
export class Cluster implements Stage {
  readonly agenda = new Agenda();
  readonly network: Network;
  readonly etcd: EtcdCluster;
  readonly machines: readonly Machine[];
  readonly clocks: readonly HostClock[];
  readonly random: SeededRandom;
  readonly #onEvent: (event: HistoryEvent) => void;
  #current: SimulatedProcess | undefined;

  constructor({ seed, fleet }: Plan, tampering: Tampering, onEvent: (event: HistoryEvent) => void) {
    this.#onEvent = onEvent;
    this.random = seededRandom(seed ^ 0x5eed_f1ee);
    const { agenda, random } = this;
    this.network = new Network(agenda, random);
    const numbers = Array.from({ length: fleet.machines }, (_, index) => index + 1);
    this.clocks = numbers.map(() => new HostClock(() => agenda.now()));
    const hosts = numbers.slice(0, fleet.members).map((n) => ({ name: machineName(n), clock: this.clockOf(n) }));
    this.etcd = new EtcdCluster({ agenda, network: this.network, random, electionMs }, hosts, {
      onCommit: (commit) => this.record({ kind: 'commit', ...commit }),
      onLeader: (machine) => this.record({ kind: 'etcd-leader', machine }),
    });
    this.machines = numbers.map((n) => {
      const { members } = this.etcd;
      const member = members[n - 1];
      return new Machine({
        agenda,
        network: this.network,
        random,
        clock: this.clockOf(n),
        settings: fleet,
        tampering,
        name: machineName(n),
        id: machineId(n),
        ip: `10.0.0.${n}`,
        metadata: { slot: String(n), rack: n % 2 === 0 ? 'b' : 'a' },
        member,
        members: member === undefined ? members : [member, ...members.filter((one) => one !== member)],
        newProcess: (name) => this.newProcess(name, this.clockOf(n)),
        record: (event) => this.record(event),
      });
    });
  }

  /** Adds an event to the history, now. */
  record(event: WithoutTime<HistoryEvent>): void {
    this.#onEvent({ at: this.agenda.now(), ...event });
  }

  /** A run of a program on a machine with that clock. */
  newProcess(name: string, clock: HostClock): SimulatedProcess {
    const ground: ProcessGround = {
      agenda: this.agenda,
      clock,
      random: () => this.random.share(),
      enter: (process) => (this.#current = process),
    };
    return new SimulatedProcess(name, ground);
  }

  /** The clock of the machine of that number, counted from 1. */
  clockOf(number: number): HostClock {
    return at(this.clocks, number);
  }

  /** The machine of that number, counted from 1. */
  machine(number: number): Machine {
    return at(this.machines, number);
  }

  /** The machine that is meant: undefined when nobody leads. */
  resolve(which: Which): number | undefined {
    if (typeof which === 'number') return which;
    const leader = which === 'etcd' ? this.etcd.leader() : this.#engine();
    const index = this.machines.findIndex(({ name }) => name === leader);
    return index < 0 ? undefined : index + 1;
  }

  current(): SimulatedProcess | undefined {
    return this.#current;
  }

  leave(): void {
    this.#current = undefined;
  }

  onFailure(process: SimulatedProcess, error: unknown): void {
    const machine = this.machines.find((one) => one.runs(process));
    if (machine === undefined) throw error;
    machine.onFailure(error);
  }

  #engine(): string | undefined {
    // The leadership key says `<machine id> <lease id>`.
    const [id] = this.etcd.valueOf(fleetKeys().leader)?.split(' ', 1) ?? [];
    return this.machines.find((_, index) => machineId(index + 1) === id)?.name;
  }
}

function at<T>(list: readonly T[], number: number): T {
  const found = list[number - 1];
  if (found === undefined) throw new RangeError(`the fleet has no machine ${number}`);
  return found;
}
