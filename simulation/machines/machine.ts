import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { Reply } from '#platform/fleet/api/reply.ts';
import type { EtcdMember } from '../etcd/member.ts';
import type { Daemon, HistoryEvent } from '../history/event.ts';
import type { Agenda, Cancel } from '../world/agenda.ts';
import type { HostClock } from '../world/host-clock.ts';
import type { Network } from '../world/network.ts';
import type { SimulatedProcess } from '../world/process.ts';
import type { ApiCall } from './api-door.ts';
import { runFleetd, type FleetSettings, type RunningFleetd, type Tampering } from './fleetd.ts';
import { Systemd } from './systemd.ts';
import { simulatedDriver, type Temper } from './systemd-driver.ts';

/** What a machine stands on, and what it is. */
export interface MachineGround {
  readonly agenda: Agenda;
  readonly network: Network;
  readonly random: SeededRandom;
  readonly clock: HostClock;
  readonly settings: FleetSettings;
  readonly tampering: Tampering;
  readonly name: string;
  readonly id: string;
  readonly ip: string;
  readonly metadata: Record<string, string>;
  /** The etcd member that runs here, if one does. */
  readonly member: EtcdMember | undefined;
  /** All of them, this machine's own first. */
  readonly members: readonly EtcdMember[];
  /** A run of a program here, by this machine's clock. */
  newProcess(name: string): SimulatedProcess;
  /** Adds an event to the history, now. */
  readonly record: (event: WithoutTime<HistoryEvent>) => void;
}

/** An event whose time is now. */
export type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** fleet.service and etcd.service: Restart=always, RestartSec= of 1 s and 500 ms; what a start takes comes on top, ms. */
const restartMs = { fleetd: 1000, etcd: 500 } as const;
const calm: Temper = { slowness: 1, stumbles: 0 };

/** A machine: power, a systemd with units, an etcd member on some, and fleetd, each of which can be taken away and given back. */
export class Machine {
  readonly name: string;
  readonly systemd: Systemd;
  readonly #ground: MachineGround;
  #fleetd: RunningFleetd | undefined;
  #fleetdRuns = 0;
  #boots = 0;
  #isPaused = false;
  /** fleetd was told to end; and it is to be started once it has. */
  #isLeaving = false;
  #startsAgain = false;
  #postponed: (() => void)[] = [];
  #temper = calm;
  /** What is to be started, and has not been. */
  readonly #starting = new Map<Daemon, Cancel>();

  constructor(ground: MachineGround) {
    this.#ground = ground;
    this.name = ground.name;
    this.systemd = new Systemd(ground.agenda, ({ unit, active, hash }) =>
      ground.record({ kind: 'unit', machine: this.name, unit, active, hash }),
    );
  }

  /** It has power, whatever runs on it. */
  isUp(): boolean {
    return this.#ground.network.isUp(this.name);
  }

  /** Is this process the fleetd that runs here? */
  runs(process: SimulatedProcess): boolean {
    return this.#fleetd?.process === process;
  }

  /** Power on: etcd first, then fleetd, as their units have it. */
  boot(): void {
    if (this.isUp()) return;
    this.#boots += 1;
    this.#ground.network.setUp(this.name, true);
    this.#say('machine', 'up');
    this.#startLater('etcd', 200);
    this.#startLater('fleetd', 500);
  }

  /** Pulls the cord: units, fleetd and etcd are gone at once; etcd's data stay. Nothing for one that is off. */
  powerOff(): void {
    if (!this.isUp()) return;
    this.#ground.network.setUp(this.name, false);
    for (const cancel of this.#starting.values()) cancel();
    this.#starting.clear();
    this.#endFleetd();
    this.#endEtcd(false);
    this.systemd.clear();
    this.#isPaused = false;
    this.#postponed = [];
    this.#say('machine', 'down');
  }

  /** kill -9: systemd starts it again, unless it is to stay down. */
  kill(daemon: 'fleetd' | 'etcd', again = true): void {
    if (!this.isUp()) return;
    if (daemon === 'fleetd') this.#endFleetd();
    else this.#endEtcd(true);
    if (again) this.#startLater(daemon, restartMs[daemon]);
  }

  /** As `systemctl start`. */
  start(daemon: 'fleetd' | 'etcd'): void {
    if (this.isUp()) this.#startLater(daemon, 50);
  }

  /** As `systemctl stop fleet`: SIGTERM, and SIGKILL after TimeoutStopSec=20s. */
  leave(): void {
    const leaving = this.#fleetd;
    if (leaving === undefined || this.#isLeaving || !this.isUp()) return;
    const end = (): void => {
      if (this.#fleetd !== leaving) return;
      this.#endFleetd();
      if (this.#startsAgain) this.start('fleetd');
    };
    this.#isLeaving = true;
    this.#startsAgain = false;
    this.#say('fleetd', 'leaving');
    leaving.leave(end);
    this.#ground.agenda.after(20_000, end);
  }

  /** A daemon, or the whole machine, stands still until `resume`. */
  pause(what: Daemon): void {
    if (what !== 'fleetd') this.#ground.member?.pause();
    if (what !== 'etcd') this.#fleetd?.process.pause();
    if (what === 'machine') this.#isPaused = true;
  }

  /** It goes on, beginning with what waited. */
  resume(what: Daemon): void {
    if (what !== 'fleetd') this.#ground.member?.resume();
    if (what !== 'etcd') this.#fleetd?.process.resume();
    if (what !== 'machine') return;
    this.#isPaused = false;
    const postponed = this.#postponed;
    this.#postponed = [];
    for (const act of postponed) this.#ground.agenda.after(0, act);
  }

  /** How its systemd answers from now on. */
  setTemper(temper: Temper = calm): void {
    this.#temper = temper;
  }

  /** A request has arrived at fleetd's port. @returns false when nobody listens there */
  call(request: ApiCall, reply: (reply: Reply) => void): boolean {
    if (this.#fleetd === undefined) return false;
    this.#fleetd.call(request, reply);
    return true;
  }

  /** Its fleetd takes requests of clients. */
  isAnswering(): boolean {
    return this.#fleetd?.isAnswering() === true;
  }

  /** Its fleetd has ended by an exception. */
  onFailure(error: unknown): void {
    this.#ground.record({ kind: 'died', machine: this.name, error: text(error) });
    this.kill('fleetd');
  }

  #startLater(daemon: 'fleetd' | 'etcd', ms: number): void {
    this.#starting.get(daemon)?.();
    const { agenda, random } = this.#ground;
    const begin = (): void => {
      this.#starting.delete(daemon);
      if (daemon === 'fleetd') this.#beginFleetd();
      else this.#beginEtcd();
    };
    this.#starting.set(
      daemon,
      agenda.after(ms * (1 + random.share()), () => this.#whenAwake(begin)),
    );
  }

  #beginEtcd(): void {
    const { member } = this.#ground;
    if (member === undefined || member.isUp()) return;
    this.#say('etcd', 'up');
    member.start();
  }

  #endEtcd(says: boolean): void {
    const { member } = this.#ground;
    this.#starting.get('etcd')?.();
    if (member?.isUp() !== true) return;
    this.#say('etcd', 'down');
    member.stop(says);
  }

  #beginFleetd(): void {
    if (this.#fleetd !== undefined) {
      this.#startsAgain = this.#isLeaving;
      return;
    }
    const machine = this.#ground;
    const { agenda, network, random, members, settings, tampering, record } = machine;
    const process = machine.newProcess(`fleetd ${this.name} #${++this.#fleetdRuns}`);
    const boot = this.#boots;
    const systemd = simulatedDriver({
      agenda,
      random,
      systemd: this.systemd,
      process,
      temper: () => this.#temper,
      // What this boot's processes were about to do ends with it.
      whenAwake: (act) => this.#whenAwake(() => boot === this.#boots && act()),
      onCommand: (verb, units) => record({ kind: 'command', machine: this.name, verb, units }),
    });
    this.#say('fleetd', 'up');
    const onLog = (line: string): void => record({ kind: 'log', machine: this.name, line });
    this.#fleetd = runFleetd({ agenda, network, process, machine, members, settings, systemd, tampering, onLog });
    if (this.#isPaused) process.pause();
  }

  #endFleetd(): void {
    if (this.#fleetd === undefined) return;
    this.#say('fleetd', 'down');
    this.#fleetd.process.kill();
    this.#fleetd.closeSockets();
    this.#fleetd = undefined;
    this.#isLeaving = false;
  }

  #whenAwake(act: () => void): void {
    if (!this.isUp()) return;
    if (this.#isPaused) this.#postponed.push(act);
    else act();
  }

  #say(daemon: Daemon, is: 'up' | 'down' | 'leaving'): void {
    this.#ground.record({ kind: 'daemon', machine: this.name, daemon, is });
  }
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
