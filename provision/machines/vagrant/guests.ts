import { join } from 'node:path';
import { LabError } from '../../../errors/lab-error.ts';
import type { ExecResult } from '../machine-provider.ts';
import type { Ground } from '../nspawn/ground.ts';
import { GuestShell } from './guest-shell.ts';
import type { GuestSettings, VagrantMachine } from './vagrant-settings.ts';
import { type DomainState, machineState, parseLease, type Virsh } from './virsh.ts';

/** The running guests of a lab, and the way into each. */
export class Guests {
  readonly #ground: Ground;
  readonly #settings: GuestSettings;
  readonly #virsh: Virsh;
  readonly #stretch: number;
  readonly #shells = new Map<string, GuestShell>();

  /** @param stretch how many times slower than a container a guest is */
  constructor(ground: Ground, settings: GuestSettings, virsh: Virsh, stretch: number) {
    this.#ground = ground;
    this.#settings = settings;
    this.#virsh = virsh;
    this.#stretch = stretch;
  }

  async domain(machine: string): Promise<DomainState | undefined> {
    return (await this.#virsh.domains()).get(machine);
  }

  /** A command as root. @throws LabError `state.machine` when the machine cannot run one now */
  async exec(machine: string, argv: readonly string[], deadlineMs: number): Promise<ExecResult> {
    const domain = await this.domain(machine);
    if (domain === 'running') return (await this.#shell(machine)).run(argv, deadlineMs);
    const state = domain === 'paused' ? 'paused' : machineState(domain);
    throw new LabError({ code: 'state.machine', cause: `${machine} is ${state}`, next: `lab up ${machine}` });
  }

  /** The machine goes away, or its address with it. */
  async forget(machine: string): Promise<void> {
    await this.#shells.get(machine)?.forget();
    this.#shells.delete(machine);
  }

  settingsOf(name: string): VagrantMachine {
    const found = this.#settings.machines.find((machine) => machine.name === name);
    if (found !== undefined) return found;
    throw new LabError({ code: 'missing.machine', cause: `there is no machine ${name}`, next: 'lab status' });
  }

  /** @throws LabError `state.lab-down` */
  get namespacePid(): number {
    const pid = this.#ground.namespacePid;
    if (pid !== undefined) return pid;
    throw new LabError({ code: 'state.lab-down', cause: 'the lab is not up', next: 'lab up --provider vagrant' });
  }

  async #shell(machine: string): Promise<GuestShell> {
    const known = this.#shells.get(machine);
    if (known !== undefined) return known;
    const leases = await this.#virsh.run('net-dhcp-leases', this.#settings.libvirt.managementNetwork.name);
    const address = parseLease(leases, this.settingsOf(machine).managementMac);
    if (address === undefined) {
      throw new LabError({
        code: 'state.machine',
        cause: `${machine} has not asked for an address yet: it is still booting`,
        next: `look at ${this.settingsOf(machine).serialLog}`,
      });
    }
    const shell = new GuestShell({
      ...{ namespacePid: this.namespacePid, address, key: this.#settings.ssh.privateKey },
      ...{ socketDir: join(this.#ground.paths.runDir, 'ssh'), stretch: this.#stretch },
    });
    this.#shells.set(machine, shell);
    return shell;
  }
}
