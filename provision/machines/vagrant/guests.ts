import { join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { ExecResult } from '../machine-provider.ts';
import type { Ground } from '../ground/ground.ts';
import { guestNamed } from './guest-named.ts';
import { GuestShell } from './guest-shell.ts';
import { type GuestState, type Hypervisor, machineState } from './hypervisor.ts';
import type { GuestSettings, VagrantMachine } from './vagrant-settings.ts';

/** The running guests of a lab, and the way into each. */
export class Guests {
  readonly #ground: Ground;
  readonly #settings: GuestSettings;
  readonly #hypervisor: Hypervisor;
  readonly #stretch: number;
  readonly #shells = new Map<string, GuestShell>();

  /** @param stretch how many times slower than a container a guest is */
  constructor(ground: Ground, settings: GuestSettings, hypervisor: Hypervisor, stretch: number) {
    this.#ground = ground;
    this.#settings = settings;
    this.#hypervisor = hypervisor;
    this.#stretch = stretch;
  }

  /** What the hypervisor says of a machine now; undefined for one that it does not know. */
  async stateOf(machine: string): Promise<GuestState | undefined> {
    return (await this.#hypervisor.states()).get(machine);
  }

  /** A command as root. @throws LabError `state.machine` when the machine cannot run one now */
  async exec(machine: string, argv: readonly string[], deadlineMs: number): Promise<ExecResult> {
    const guest = await this.stateOf(machine);
    if (guest === 'running') return (await this.#shell(machine)).run(argv, deadlineMs);
    const state = guest === 'paused' ? 'paused' : machineState(guest);
    throw new LabError({ code: 'state.machine', cause: `${machine} is ${state}`, next: `lab up ${machine}` });
  }

  /** The machine goes away, or its address with it. */
  async forget(machine: string): Promise<void> {
    await this.#shells.get(machine)?.forget();
    this.#shells.delete(machine);
  }

  /** All machines go away, or the lab's namespaces, through which each is reached. */
  async forgetAll(): Promise<void> {
    await Promise.all([...this.#shells.keys()].map((machine) => this.forget(machine)));
  }

  /** What the Vagrantfile gives a machine. @throws LabError `missing.machine` */
  settingsOf(name: string): VagrantMachine {
    return guestNamed(this.#settings, name);
  }

  async #shell(machine: string): Promise<GuestShell> {
    const known = this.#shells.get(machine);
    if (known !== undefined) return known;
    const shell = new GuestShell({
      place: await this.#hypervisor.sshPlace(machine),
      namespacePid: this.#ground.requireNamespacePid(),
      key: this.#settings.ssh.privateKey,
      stretch: this.#stretch,
      socketDir: join(this.#ground.paths.runDir, 'ssh'),
    });
    this.#shells.set(machine, shell);
    return shell;
  }
}
