import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { Impairment } from '../../machine-provider.ts';
import { guestNamed } from '../guest-named.ts';
import type { GuestState, Hypervisor, InGuest, SshPlace } from '../hypervisor.ts';
import type { GuestSettings } from '../vagrant-settings.ts';
import { smallConfig } from './small-config.ts';
import { VBoxManage } from './vboxmanage.ts';
import { planImpair, planLift, type VirtualboxPlan } from './virtualbox-impairments.ts';

/** Guests of VirtualBox, in a registry of the lab's own (virtualbox-settings.ts). */
export class VirtualboxHypervisor implements Hypervisor {
  readonly name = 'virtualbox';
  readonly impairments = ['pause', 'partition', 'packet-loss', 'slow-cpu', 'full-disk'] as const;
  readonly copies = undefined;
  readonly debris: readonly string[];
  readonly #settings: GuestSettings;
  readonly #cpusOf: (machine: string) => number;
  readonly #vbox: VBoxManage;

  /** @param cpusOf how many a guest has */
  constructor(settings: GuestSettings, cpusOf: (machine: string) => number) {
    this.#settings = settings;
    this.#cpusOf = cpusOf;
    this.debris = settings.virtualbox.debris;
    this.#vbox = new VBoxManage(settings.virtualbox);
  }

  async prepare(): Promise<void> {
    const { machineFolder } = this.#settings.virtualbox;
    await mkdir(machineFolder, { recursive: true });
    await this.#vbox.run('setproperty', 'machinefolder', machineFolder);
  }

  async states(): Promise<Map<string, GuestState>> {
    const there = await this.#vbox.machineNames();
    const known = this.#settings.machines.filter(({ name }) => there.includes(this.#nameOf(name)));
    const states = known.map(async ({ name }): Promise<[string, GuestState]> => {
      const info = await this.#vbox.info(this.#nameOf(name));
      return [name, guestState(info.get('VMState'))];
    });
    return new Map(await Promise.all(states));
  }

  isDefined(machine: string): boolean {
    const name = this.#nameOf(machine);
    return existsSync(join(this.#settings.virtualbox.machineFolder, name, `${name}.vbox`));
  }

  /** VirtualBox gives each a random one. */
  vagrantId(): undefined {
    return undefined;
  }

  /** An import that did not come to its end has a name of Vagrant's making. */
  async dropInterrupted(): Promise<void> {
    const own = this.#settings.machines.map(({ name }) => this.#nameOf(name));
    for (const name of await this.#vbox.machineNames())
      if (!own.includes(name)) await this.#vbox.run('unregistervm', name, '--delete');
  }

  /** Each guest has a disk of its own, which Vagrant names the guest for when it is whole. */
  async markComplete(): Promise<void> {
    // nothing to write down
  }

  /** A guest property holds 1 KB: enough for a config that fetches the whole one (small-config.ts). */
  async offerConfig(machine: string, ignition: string): Promise<void> {
    const { offers, offersUrl } = this.#settings.virtualbox;
    const small = guestNamed(this.#settings, machine).smallIgnitionFile;
    await mkdir(offers, { recursive: true, mode: 0o700 });
    for (const old of await readdir(offers)) if (old.startsWith(`${machine}-`)) await rm(join(offers, old));
    const offer = `${machine}-${randomBytes(16).toString('hex')}.json`;
    await writeFile(join(offers, offer), ignition, { mode: 0o600 });
    await mkdir(dirname(small), { recursive: true });
    await writeFile(small, smallConfig(`${offersUrl}/${offer}`, ignition), { mode: 0o600 });
  }

  async pressPowerButton(machine: string): Promise<void> {
    await this.#control(machine, 'acpipowerbutton');
  }

  async pullCord(machine: string): Promise<void> {
    await this.#control(machine, 'poweroff');
  }

  async resume(machine: string): Promise<void> {
    await this.#control(machine, 'resume');
  }

  async sshPlace(machine: string): Promise<SshPlace> {
    const port = sshPort(await this.#vbox.info(this.#nameOf(machine)));
    if (port !== undefined) return { address: '127.0.0.1', port, network: 'host' };
    throw new LabError({
      code: 'state.machine',
      cause: `${machine} has no forwarded port for SSH: Vagrant has not come so far yet`,
      next: `vagrant up ${machine}`,
    });
  }

  async impair(machine: string, impairment: Impairment, inGuest: InGuest): Promise<void> {
    const { executionCap } = this.#settings.virtualbox;
    const macOf = (peer: string) => guestNamed(this.#settings, peer).mac;
    const peers = { cpus: this.#cpusOf(machine), executionCap, macOf };
    await this.#carryOut(machine, planImpair(impairment, peers), inGuest);
  }

  async lift(machine: string, impairment: Impairment, inGuest: InGuest, gone: boolean): Promise<void> {
    // What is set on a running guest goes with it.
    if (!gone) await this.#carryOut(machine, planLift(impairment, this.#settings.virtualbox), inGuest);
  }

  async #carryOut(machine: string, plan: VirtualboxPlan, inGuest: InGuest): Promise<void> {
    for (const words of plan.control) await this.#control(machine, ...words);
    for (const argv of plan.guest) await inGuest(argv);
  }

  async #control(machine: string, ...words: readonly string[]): Promise<void> {
    await this.#vbox.run('controlvm', this.#nameOf(machine), ...words);
  }

  #nameOf(machine: string): string {
    return `${this.#settings.virtualbox.prefix}${machine}`;
  }
}

/** From VirtualBox's own words (MachineState in its SDK reference; VBoxManage prints them in lower case). */
export function guestState(vmState: string | undefined): GuestState {
  switch (vmState) {
    case 'running':
    case 'starting':
    case 'restoring':
      return 'running';
    case 'paused':
      return 'paused';
    case 'stopping':
    case 'saving':
      return 'in shutdown';
    case 'poweroff':
    case 'saved':
    case 'aborted':
    case 'aborted-saved':
      return 'shut off';
    default:
      return 'other';
  }
}

/** Vagrant forwards a port of 127.0.0.1 to the guest's 22 and calls it `ssh`: `Forwarding(0)="ssh,tcp,127.0.0.1,2222,,22"`. */
export function sshPort(info: ReadonlyMap<string, string>): number | undefined {
  for (const [key, value] of info) {
    const [name, , , hostPort] = value.split(',');
    if (key.startsWith('Forwarding(') && name === 'ssh') return Number(hostPort);
  }
  return undefined;
}
