import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import type { DiskCopies, Impairment } from '../../machine-provider.ts';
import type { Ground } from '../../ground/ground.ts';
import { waitUntil } from '../../wait-until.ts';
import { guestNamed } from '../guest-named.ts';
import type { GuestState, Hypervisor, InGuest, SshPlace } from '../hypervisor.ts';
import type { GuestSettings } from '../vagrant-settings.ts';
import { BaseVolume } from './base-volume.ts';
import { GuestCopies } from './guest-copies.ts';
import { carryOut, type ImpairmentPlan, planImpair, planLift } from './guest-impairments.ts';
import { ensureMachineNetwork, ensureStoragePool } from './network-and-pool.ts';
import { parseLease, Virsh } from './virsh.ts';

/** QEMU's guests on the lab's own libvirtd, which lives in the lab's namespaces. A guest's domain has the machine's name. */
export class LibvirtHypervisor implements Hypervisor {
  readonly name = 'libvirt';
  readonly impairments = ['pause', 'partition', 'packet-loss', 'slow-disk', 'full-disk'] as const;
  readonly debris = [];
  readonly copies: DiskCopies;
  readonly #ground: Ground;
  readonly #settings: GuestSettings;
  readonly #virsh: Virsh;
  readonly #baseVolume: BaseVolume;

  constructor(ground: Ground, settings: GuestSettings) {
    this.#ground = ground;
    this.#settings = settings;
    this.copies = new GuestCopies(ground);
    this.#virsh = new Virsh(settings.libvirt.uri);
    this.#baseVolume = new BaseVolume(ground.paths.stateDir, settings.libvirt.storagePool, this.#virsh);
  }

  async prepare(): Promise<void> {
    await waitUntil({
      condition: "the lab's own libvirtd answers",
      deadlineMs: 30_000,
      everyMs: 100,
      next: `look at ${join(this.#ground.paths.logDir, 'libvirtd.log')}`,
      check: async () => (await this.#virsh.run('version').catch(() => undefined)) !== undefined,
    });
    const { machineNetwork, storagePool } = this.#settings.libvirt;
    await ensureMachineNetwork(this.#virsh, machineNetwork, this.#ground.paths.runDir);
    await ensureStoragePool(this.#virsh, storagePool);
  }

  async states(): Promise<Map<string, GuestState>> {
    return this.#virsh.domains();
  }

  /** Domains are kept as files. */
  isDefined(machine: string): boolean {
    return existsSync(join(this.#ground.paths.stateDir, 'libvirt/etc/qemu', `${machine}.xml`));
  }

  /** The domain's UUID, which the Vagrantfile gives it. */
  vagrantId(machine: string): string {
    return guestNamed(this.#settings, machine).uuid;
  }

  async dropInterrupted(): Promise<void> {
    await this.#baseVolume.dropUnlessComplete();
  }

  async markComplete(): Promise<void> {
    await this.#baseVolume.markComplete();
  }

  /** The Vagrantfile has QEMU read it (fw_cfg). */
  async offerConfig(machine: string, ignition: string): Promise<void> {
    const { dir, ignitionFile } = this.#ground.paths.machine(machine);
    await mkdir(dir, { recursive: true });
    await writeFile(ignitionFile, ignition, { mode: 0o600 });
  }

  async pressPowerButton(machine: string): Promise<void> {
    await this.#virsh.run('shutdown', machine, '--mode', 'acpi');
  }

  async pullCord(machine: string): Promise<void> {
    await this.#virsh.run('destroy', machine);
  }

  async resume(machine: string): Promise<void> {
    await this.#virsh.run('resume', machine);
  }

  async sshPlace(machine: string): Promise<SshPlace> {
    const guest = guestNamed(this.#settings, machine);
    const leases = await this.#virsh.run('net-dhcp-leases', this.#settings.libvirt.managementNetwork.name);
    const address = parseLease(leases, guest.managementMac);
    if (address !== undefined) return { address, port: 22, network: 'lab' };
    throw new LabError({
      code: 'state.machine',
      cause: `${machine} has not asked for an address yet: it is still booting`,
      next: `look at ${guest.serialLog}`,
    });
  }

  async impair(machine: string, impairment: Impairment, inGuest: InGuest): Promise<void> {
    await this.#carryOut(planImpair(machine, impairment), inGuest);
  }

  async lift(machine: string, impairment: Impairment, inGuest: InGuest, gone: boolean): Promise<void> {
    // What the guest or QEMU held went with the guest; the bridge's rules did not.
    const plan = planLift(machine, impairment);
    await this.#carryOut(gone ? { ...plan, virsh: [], guest: [] } : plan, inGuest);
  }

  async #carryOut(plan: ImpairmentPlan, inGuest: InGuest): Promise<void> {
    await carryOut(plan, {
      virsh: this.#virsh,
      ebtables: async (argv, { mayFail }) => {
        const namespace = ['-t', String(this.#ground.requireNamespacePid()), '-n', '--'];
        await execa('nsenter', [...namespace, 'ebtables', ...argv], { reject: !mayFail });
      },
      guest: async (argv) => void (await inGuest(argv)),
    });
  }
}
