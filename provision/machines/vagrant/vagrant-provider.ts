import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ExecResult, Impairment, MachineProvider, MachineStatus, ProviderStatus } from '../machine-provider.ts';
import type { Ground } from '../nspawn/ground.ts';
import { waitUntil } from '../wait-until.ts';
import { BaseVolume } from './base-volume.ts';
import { carryOut, type ImpairmentPlan, planImpair, planLift } from './guest-impairments.ts';
import { sshFailed } from './guest-shell.ts';
import { Guests } from './guests.ts';
import { haltGuest } from './halt-guest.ts';
import { ensureMachineNetwork } from './machine-network.ts';
import { runVagrant, type VagrantPlace } from './run-vagrant.ts';
import { StartTogether } from './start-together.ts';
import { ensureStoragePool } from './storage-pool.ts';
import type { GuestSettings } from './vagrant-settings.ts';
import { machineState, Virsh } from './virsh.ts';

export interface VagrantProviderOptions {
  readonly ground: Ground;
  readonly settings: GuestSettings;
  readonly place: VagrantPlace;
  /** For one `vagrant up`, ms. */
  readonly upDeadlineMs: number;
  readonly stretch: number;
  readonly onProgress: (machine: string, detail: string) => void;
}

const execDeadlineMs = 60_000;

/**
 * Machines as virtual machines that Vagrant makes, on the lab's own libvirtd (docs/vagrant.md). Vagrant makes and destroys
 * them; what a scenario does to a running one is asked of libvirt directly, which is quicker and has no lock in between.
 */
export class VagrantProvider implements MachineProvider {
  readonly name = 'vagrant';
  readonly capabilities = [
    ...(['halt', 'cut', 'reboot', 'exec', 'limits'] as const),
    ...(['pause', 'partition', 'packet-loss', 'slow-disk', 'full-disk'] as const),
  ];
  readonly #options: VagrantProviderOptions;
  readonly #virsh: Virsh;
  readonly #guests: Guests;
  readonly baseVolume: BaseVolume;
  readonly #together = new StartTogether((machines) => this.#vagrantUp(machines));

  constructor(options: VagrantProviderOptions) {
    this.#options = options;
    const { ground, settings, stretch } = options;
    this.#virsh = new Virsh(settings.libvirt.uri);
    this.#guests = new Guests(ground, settings, this.#virsh, stretch);
    this.baseVolume = new BaseVolume(ground.paths.stateDir, settings.libvirt.storagePool, this.#virsh);
  }

  async prepare(): Promise<void> {
    const { ground } = this.#options;
    await ground.prepare(async () => (await this.status()).machines.every(({ state }) => state !== 'running'));
    await waitUntil({
      condition: "the lab's own libvirtd answers",
      deadlineMs: 30_000,
      everyMs: 100,
      next: `look at ${join(ground.paths.logDir, 'libvirtd.log')}`,
      check: async () => (await this.#virsh.run('version').catch(() => undefined)) !== undefined,
    });
    const { machineNetwork, storagePool } = this.#options.settings.libvirt;
    await ensureMachineNetwork(this.#virsh, machineNetwork, ground.paths.runDir);
    await ensureStoragePool(this.#virsh, storagePool);
  }

  async status(): Promise<ProviderStatus> {
    const { ground } = this.#options;
    const up = (await ground.status()) !== undefined;
    const domains = up ? await this.#virsh.domains().catch(() => undefined) : undefined;
    const machines = ground.spec.machines.map(({ name }): MachineStatus => {
      if (domains === undefined) return { name, state: this.#isDefined(name) ? 'stopped' : 'absent' };
      const domain = domains.get(name);
      return { name, state: machineState(domain), ...(domain === 'paused' ? { note: 'paused' } : {}) };
    });
    return { up: domains !== undefined, machines };
  }

  /** All that are started at the same moment come up by one `vagrant up`. */
  async start(machine: string, ignition: string): Promise<void> {
    await this.#together.start(machine, this.writeIgnition(machine, ignition));
  }

  /** A machine reads its config once, at its first boot. */
  async writeIgnition(machine: string, ignition: string): Promise<void> {
    if (this.#isDefined(machine)) return;
    const files = this.#options.ground.paths.machine(machine);
    await mkdir(files.dir, { recursive: true });
    await writeFile(files.ignitionFile, ignition, { mode: 0o600 });
  }

  async waitBooted(machine: string, deadlineMs: number): Promise<'running' | 'degraded'> {
    let last: ExecResult | undefined;
    await waitUntil({
      condition: `${machine} lets in user core by SSH and its systemd has booted`,
      deadlineMs,
      everyMs: 250,
      evidence: () => (last === undefined ? [] : last.stderr.split('\n').filter(Boolean).slice(-5)),
      next: `look at ${this.#guests.settingsOf(machine).serialLog}, or: vagrant ssh ${machine}`,
      check: async () => {
        last = await this.exec(machine, ['systemctl', 'is-system-running', '--wait'], deadlineMs).catch(
          () => undefined,
        );
        return last !== undefined && last.exitCode !== sshFailed;
      },
    });
    return last?.stdout.trim() === 'running' ? 'running' : 'degraded';
  }

  async halt(machine: string, deadlineMs: number): Promise<'halted' | 'cut'> {
    return haltGuest({ guests: this.#guests, virsh: this.#virsh }, machine, deadlineMs);
  }

  async cut(machine: string): Promise<void> {
    if (machineState(await this.#guests.domain(machine)) !== 'running') return;
    await this.#virsh.run('destroy', machine);
    await this.#guests.forget(machine);
  }

  async reboot(machine: string): Promise<void> {
    await this.exec(machine, ['systemctl', 'reboot', '--no-block']);
    await this.#guests.forget(machine);
  }

  async impair(machine: string, impairment: Impairment): Promise<void> {
    await this.#carryOut(machine, planImpair(machine, impairment));
  }

  async lift(machine: string, impairment: Impairment): Promise<void> {
    // What the guest or QEMU held went with the guest; the bridge's rules did not.
    const gone = machineState(await this.#guests.domain(machine)) !== 'running';
    const plan = planLift(machine, impairment);
    await this.#carryOut(machine, gone ? { ...plan, virsh: [], guest: [] } : plan);
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
    if (this.#isDefined(machine)) {
      await this.prepare();
      const argv = ['destroy', '--force', machine];
      await runVagrant({ place, argv, deadlineMs: 120_000, next: 'lab destroy --provider vagrant' });
    }
    await this.#guests.forget(machine);
    await rm(ground.paths.machine(machine).dir, { recursive: true, force: true });
  }

  /** With the ground goes libvirtd with its guests, and with the state directory their disks and the box's base volume. */
  async destroy(): Promise<void> {
    const { ground, place } = this.#options;
    await ground.destroy();
    for (const { name } of ground.spec.machines) {
      await rm(join(place.dotDir, 'machines', name, 'libvirt'), { recursive: true, force: true });
    }
  }

  async #vagrantUp(machines: readonly string[]): Promise<void> {
    const { place, onProgress, upDeadlineMs, ground } = this.#options;
    if (!ground.spec.machines.some(({ name }) => this.#isDefined(name))) await this.baseVolume.dropUnlessComplete();
    const logs = machines.map((name) => this.#guests.settingsOf(name).serialLog);
    await runVagrant({
      ...{ place, onProgress, deadlineMs: upDeadlineMs },
      argv: ['up', ...machines, '--provider', 'libvirt'],
      next: `look at ${logs.join(', ')}; then: lab up --provider vagrant`,
    });
    await this.baseVolume.markComplete();
  }

  async #carryOut(machine: string, plan: ImpairmentPlan): Promise<void> {
    const inNamespace = ['-t', String(this.#guests.namespacePid), '-n', '--', 'ebtables'];
    await carryOut(plan, {
      virsh: this.#virsh,
      ebtables: async (argv, { mayFail }) =>
        void (await execa('nsenter', [...inNamespace, ...argv], { reject: !mayFail })),
      guest: async (argv) => void (await this.exec(machine, argv)),
    });
  }

  /** Domains are kept as files, so that this is known while libvirtd does not run. */
  #isDefined(machine: string): boolean {
    return existsSync(join(this.#options.ground.paths.stateDir, 'libvirt/etc/qemu', `${machine}.xml`));
  }
}
