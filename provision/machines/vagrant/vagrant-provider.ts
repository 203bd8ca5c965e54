import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  ExecResult,
  GuestIdentity,
  Impairment,
  MachineImages,
  MachineProvider,
  MachineStatus,
  ProviderNeeds,
  ProviderStatus,
} from '../machine-provider.ts';
import type { Ground } from '../ground/ground.ts';
import { setGuestClock } from './guest-clock.ts';
import { Guests } from './guests.ts';
import { haltGuest } from './halt-guest.ts';
import { endForwards, refuseTakenPorts, toBeBooted } from './host-ports.ts';
import { type Hypervisor, type InGuest, machineState } from './hypervisor.ts';
import { runVagrant, type VagrantPlace } from './run-vagrant.ts';
import { StartTogether } from './start-together.ts';
import type { GuestSettings } from './vagrant-settings.ts';
import { waitGuestBooted } from './wait-guest-booted.ts';

export interface VagrantProviderOptions {
  readonly ground: Ground;
  readonly settings: GuestSettings;
  readonly hypervisor: Hypervisor;
  readonly place: VagrantPlace;
  /** For one `vagrant up`, ms. */
  readonly upDeadlineMs: number;
  readonly stretch: number;
  readonly onProgress: (machine: string, detail: string) => void;
}

const execDeadlineMs = 60_000;

/**
 * Machines as virtual machines that Vagrant makes (docs/vagrant.md). Vagrant makes and destroys them; what a scenario does
 * to a running one is asked of the hypervisor directly, which is quicker and has no lock in between.
 */
export class VagrantProvider implements MachineProvider {
  readonly name = 'vagrant';
  readonly copies: MachineProvider['copies'];
  readonly capabilities: MachineProvider['capabilities'];
  readonly needs: ProviderNeeds;
  readonly bootedByOthers: Hypervisor;
  readonly #hypervisor: Hypervisor;
  readonly #options: VagrantProviderOptions;
  readonly #guests: Guests;
  readonly #together = new StartTogether((machines) => this.#vagrantUp(machines));

  constructor(options: VagrantProviderOptions) {
    this.#options = options;
    const { ground, settings, hypervisor, stretch } = options;
    this.#hypervisor = hypervisor;
    this.bootedByOthers = hypervisor;
    this.copies = hypervisor.copies;
    this.needs = { box: hypervisor.name };
    this.capabilities = ['halt', 'cut', 'reboot', 'exec', 'limits', ...hypervisor.impairments];
    this.#guests = new Guests(ground, settings, hypervisor, stretch);
  }

  guestOf(machine: string): GuestIdentity {
    return { lanMac: this.#guests.settingsOf(machine).mac };
  }

  async preflight(wanted: readonly string[]): Promise<void> {
    for (const name of toBeBooted((await this.status()).machines, wanted)) {
      await endForwards(this.#dataDir(name));
      await refuseTakenPorts(name, this.#guests.settingsOf(name).forwardedPorts);
    }
  }

  async prepare(images: MachineImages): Promise<void> {
    await this.#prepare(images);
  }

  async status(): Promise<ProviderStatus> {
    const { ground } = this.#options;
    const up = (await ground.status()) !== undefined;
    const guests = up ? await this.#hypervisor.states().catch(() => undefined) : undefined;
    const machines = ground.machines.map((name): MachineStatus => {
      if (guests === undefined) return { name, state: this.#hypervisor.isDefined(name) ? 'stopped' : 'absent' };
      const guest = guests.get(name);
      return { name, state: machineState(guest), ...(guest === 'paused' ? { note: 'paused' } : {}) };
    });
    return { up: guests !== undefined, machines };
  }

  /** All that are started at the same moment come up by one `vagrant up`. */
  async start(machine: string, ignition: string): Promise<void> {
    await this.#together.start(machine, this.offerIgnition(machine, ignition));
  }

  async offerIgnition(machine: string, ignition: string): Promise<void> {
    if (this.#hypervisor.isDefined(machine)) return;
    await this.#hypervisor.offerConfig(machine, ignition);
  }

  async waitBooted(machine: string, deadlineMs: number): Promise<'running' | 'degraded'> {
    const exec = (argv: readonly string[]) => this.exec(machine, argv, deadlineMs);
    return waitGuestBooted({ machine, deadlineMs, exec, serialLog: this.#guests.settingsOf(machine).serialLog });
  }

  async halt(machine: string, deadlineMs: number): Promise<'halted' | 'cut'> {
    const end = await haltGuest(this.#hypervisor, machine, deadlineMs);
    await this.#forget(machine);
    return end;
  }

  async cut(machine: string): Promise<void> {
    if (machineState(await this.#guests.stateOf(machine)) !== 'running') return;
    await this.#hypervisor.pullCord(machine);
    await this.#forget(machine);
  }

  async reboot(machine: string): Promise<void> {
    await this.exec(machine, ['systemctl', 'reboot', '--no-block']);
    await this.#guests.forget(machine);
  }

  async impair(machine: string, impairment: Impairment): Promise<void> {
    await this.#hypervisor.impair(machine, impairment, (argv) => this.exec(machine, argv));
  }

  async lift(machine: string, impairment: Impairment): Promise<void> {
    const gone = machineState(await this.#guests.stateOf(machine)) !== 'running';
    const inGuest: InGuest = (argv) => this.exec(machine, argv);
    await this.#hypervisor.lift(machine, impairment, inGuest, gone);
    if (impairment.kind === 'pause' && !gone) await setGuestClock(inGuest);
  }

  async exec(machine: string, argv: readonly string[], deadlineMs = execDeadlineMs): Promise<ExecResult> {
    return this.#guests.exec(machine, argv, deadlineMs);
  }

  async readJournal(machine: string, args: readonly string[]): Promise<string> {
    const read = this.exec(machine, ['journalctl', '--no-pager', '--quiet', ...args]);
    return read.then(
      ({ stdout }) => stdout,
      () => '',
    );
  }

  async destroyMachine(machine: string): Promise<void> {
    const { place, ground } = this.#options;
    if (this.#hypervisor.isDefined(machine)) {
      await this.#prepare(undefined);
      const argv = ['destroy', '--force', machine];
      await runVagrant({ place, argv, deadlineMs: 120_000, next: 'lab destroy --provider vagrant' });
    }
    await this.#guests.forget(machine);
    await rm(ground.paths.machine(machine).dir, { recursive: true, force: true });
  }

  async endGround(): Promise<void> {
    await this.#guests.forgetAll();
    await this.#options.ground.clearRemains();
  }

  /** With the ground go the hypervisor's processes with its guests, and with the state directory their disks. */
  async destroy(): Promise<void> {
    const { ground } = this.#options;
    await this.#guests.forgetAll();
    await ground.destroy();
    for (const path of this.#hypervisor.debris) await rm(path, { recursive: true, force: true });
    for (const name of ground.machines) {
      await endForwards(this.#dataDir(name));
      await rm(this.#dataDir(name), { recursive: true, force: true });
    }
  }

  /** A machine can be destroyed without its images at hand: the ground is made again as it was. */
  async #prepare(images: MachineImages | undefined): Promise<void> {
    const { ground } = this.#options;
    // A connection is made in the namespaces of the supervisor, which may be another one after this.
    await this.#guests.forgetAll();
    await ground.prepare(images, async () => {
      const { machines } = await this.status();
      return machines.filter(({ state }) => state === 'running').map(({ name }) => name);
    });
    await this.#hypervisor.prepare();
    await this.#remindVagrant();
  }

  /** A snapshot has brought guests back that Vagrant had destroyed and forgotten: it would make them anew. */
  async #remindVagrant(): Promise<void> {
    for (const name of this.#options.ground.machines) {
      const id = this.#hypervisor.vagrantId(name);
      const file = join(this.#dataDir(name), 'id');
      if (id === undefined || existsSync(file) || !this.#hypervisor.isDefined(name)) continue;
      await mkdir(this.#dataDir(name), { recursive: true });
      await writeFile(file, id);
    }
  }

  /** The machine goes away; so do the ways into it. */
  async #forget(machine: string): Promise<void> {
    await this.#guests.forget(machine);
    await endForwards(this.#dataDir(machine));
  }

  /** Where Vagrant keeps what it knows of a machine. */
  #dataDir(machine: string): string {
    return join(this.#options.place.dotDir, 'machines', machine, this.#hypervisor.name);
  }

  async #vagrantUp(machines: readonly string[]): Promise<void> {
    const { place, onProgress, upDeadlineMs, ground } = this.#options;
    if (!ground.machines.some((name) => this.#hypervisor.isDefined(name))) await this.#hypervisor.dropInterrupted();
    const logs = machines.map((name) => this.#guests.settingsOf(name).serialLog);
    await runVagrant({
      place,
      onProgress,
      deadlineMs: upDeadlineMs,
      argv: ['up', ...machines, '--provider', this.#hypervisor.name],
      next: `look at ${logs.join(', ')}; then: lab up --provider vagrant`,
    });
    await this.#hypervisor.markComplete();
  }
}
