import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { LabError } from '../../../../errors/lab-error.ts';
import type { MachineState, MachineStatus } from '../../machine-provider.ts';
import { cgroupProcesses, createMachineCgroup, removeCgroup } from '../cgroup/machine-cgroup.ts';
import type { Hierarchy } from '../cgroup/hierarchies.ts';
import { killIfThere } from '../kill-if-there.ts';
import type { LabPaths } from '../lab-paths.ts';
import type { SupervisorMachine } from '../supervisor-spec.ts';
import { askForPoweroff, type MachineProcess, pullCord, startMachineProcess } from './machine-process.ts';
import { removeMachineLink } from './lab-network.ts';
import { mountDisk, unmountDisk, wipeDisk } from './overlay.ts';
import { runIgnition } from './run-ignition.ts';

/** One machine as the supervisor sees it: its disk, its cgroup, its systemd-nspawn. */
export class Machine {
  readonly spec: SupervisorMachine;
  #state: MachineState = 'stopped';
  #since = Date.now();
  #note: string | undefined;
  #process: MachineProcess | undefined;
  readonly #lab: { name: string; paths: LabPaths; hierarchies: readonly Hierarchy[]; lxcfsDir: string };

  constructor(
    spec: SupervisorMachine,
    lab: { name: string; paths: LabPaths; hierarchies: readonly Hierarchy[]; lxcfsDir: string },
  ) {
    this.spec = spec;
    this.#lab = lab;
  }

  get status(): MachineStatus {
    const provisioned = existsSync(this.#paths.provisionedFile);
    const state = this.#state === 'stopped' && !provisioned ? 'absent' : this.#state;
    return {
      name: this.spec.name,
      state,
      since: this.#since,
      ...(this.#note === undefined ? {} : { note: this.#note }),
    };
  }

  /** @throws LabError `state.machine` when the machine does not run */
  get initPid(): number {
    if (this.#process !== undefined) return this.#process.initPid;
    throw new LabError({
      code: 'state.machine',
      cause: `${this.spec.name} is ${this.status.state}`,
      next: `lab up ${this.spec.name}`,
    });
  }

  /** Provisions the disk if it is new (unless the machine is bare), then boots. No-op when the machine runs. */
  async start(ignition: 'provision' | 'bare'): Promise<void> {
    if (this.#state === 'running') return;
    if (this.#state !== 'stopped') throw this.#inTransition();
    this.#become('starting');
    try {
      await this.#prepareDisk(ignition);
      await this.#boot();
    } catch (error) {
      await unmountDisk(this.#paths);
      this.#become('stopped', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async halt(deadlineMs: number): Promise<'halted' | 'cut'> {
    const running = this.#process;
    if (running === undefined) return 'halted';
    this.#become('stopping');
    askForPoweroff(running);
    const timer = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), deadlineMs).unref());
    const outcome = await Promise.race([running.ended, timer]);
    if (outcome === 'late') await pullCord(this.spec.name, running);
    await this.#stopped;
    return outcome === 'late' ? 'cut' : 'halted';
  }

  async cut(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    this.#become('stopping');
    await pullCord(this.spec.name, running);
    await this.#stopped;
  }

  /** Cuts the machine if it runs and throws its disk away: it is absent. */
  async destroy(): Promise<void> {
    await this.cut();
    if (this.#state !== 'stopped') throw this.#inTransition();
    // No start may come in between.
    this.#become('stopping');
    try {
      await unmountDisk(this.#paths);
      await wipeDisk(this.#paths);
    } finally {
      this.#become('stopped');
    }
  }

  async #prepareDisk(ignition: 'provision' | 'bare'): Promise<void> {
    const { name, paths } = this.#lab;
    const fresh = !existsSync(this.#paths.provisionedFile);
    await unmountDisk(this.#paths);
    if (fresh) await wipeDisk(this.#paths);
    await mountDisk(name, this.spec.name, this.#paths, this.spec.osRoot);
    if (!fresh) return;
    if (ignition === 'provision') await runIgnition(this.spec.name, this.#paths);
    const record = {
      lab: name,
      machine: this.spec.name,
      machineId: this.spec.machineId,
      osRoot: this.spec.osRoot,
      at: new Date().toISOString(),
      paths: paths.stateDir,
    };
    await writeFile(this.#paths.provisionedFile, `${JSON.stringify(record)}\n`);
  }

  async #boot(): Promise<void> {
    const { hierarchies, paths, lxcfsDir } = this.#lab;
    const cgroupProcs = await createMachineCgroup(hierarchies, paths.cgroup, this.spec.name, this.spec);
    const started = await startMachineProcess({
      machine: this.spec.name,
      machineId: this.spec.machineId,
      paths: this.#paths,
      cgroupProcs,
      lxcfsDir,
    });
    this.#process = started;
    this.#become('running');
    this.#stopped = started.ended.then((end) => this.#afterEnd(end));
  }

  #stopped: Promise<void> = Promise.resolve();

  async #afterEnd(end: 'poweroff' | 'reboot' | 'killed'): Promise<void> {
    const asked = this.#state === 'stopping';
    this.#process = undefined;
    const { hierarchies, paths } = this.#lab;
    const cgroup = `${paths.cgroup}/${this.spec.name}`;
    for (const pid of await cgroupProcesses(hierarchies, cgroup)) killIfThere(pid, 'SIGKILL');
    await removeMachineLink(this.spec.name);
    await unmountDisk(this.#paths);
    await removeCgroup(hierarchies, cgroup);
    this.#become(
      'stopped',
      asked ? undefined : end === 'poweroff' ? 'it shut itself down' : `its systemd-nspawn ended (${end})`,
    );
    if (end === 'reboot' && !asked) await this.start('provision');
  }

  #become(state: MachineState, note?: string): void {
    this.#state = state;
    this.#since = Date.now();
    this.#note = note;
  }

  #inTransition(): LabError {
    return new LabError({
      code: 'state.machine',
      cause: `${this.spec.name} is ${this.#state}; another command is working on it`,
      next: 'lab status',
    });
  }

  get #paths() {
    return this.#lab.paths.machine(this.spec.name);
  }
}
