import { existsSync } from 'node:fs';
import type { MachineState, MachineStatus } from '../machine-provider.ts';
import { waitUntil } from '../wait-until.ts';
import { freeze, thaw } from '../cgroup/freezer.ts';
import { createMachineCgroup } from '../cgroup/machine-cgroup.ts';
import { limitMemory } from '../cgroup/memory-limit.ts';
import type { MachineSize } from '../ground/live-changes.ts';
import type { SupervisorMachine } from '../ground/supervisor-spec.ts';
import { clearMachine } from './clear-machine.ts';
import { Impairments } from './impairments.ts';
import type { MachineGround } from './machine-ground.ts';
import { lxcfsAnswers } from './lxcfs-answers.ts';
import { machineErrors } from './machine-errors.ts';
import {
  askForPoweroff,
  askForReboot,
  type MachineProcess,
  type NspawnEnd,
  startMachineProcess,
} from './machine-process.ts';
import { wipeDisk } from './disk-image.ts';
import { unmountRoot } from './overlay.ts';
import { showDockerCores, writeDockerCores } from './machine-cores.ts';
import { prepareDisk } from './prepare-disk.ts';
import { pullCord } from './pull-cord.ts';

/** One machine as the supervisor sees it: its disk, its cgroup, its systemd-nspawn, what is taken from it. */
export class Machine {
  readonly impairments: Impairments;
  #spec: SupervisorMachine;
  #state: MachineState = 'stopped';
  #since = Date.now();
  #note: string | undefined;
  #process: MachineProcess | undefined;
  /** Between being asked to reboot and running again. */
  #rebooting = false;
  /** Resolves when the machine has stopped, and when it runs again if that was a reboot. */
  #stopped: Promise<void> = Promise.resolve();
  readonly #lab: MachineGround;

  constructor(spec: SupervisorMachine, lab: MachineGround) {
    this.#spec = spec;
    this.#lab = lab;
    this.impairments = new Impairments({
      name: spec.name,
      cgroup: this.#cgroup,
      hierarchies: lab.hierarchies,
      cpus: spec.cpus,
      diskDir: this.#paths.disk,
      machines: lab.machines,
    });
  }

  /** As in config.rb: core-01 and so on. */
  get name(): string {
    return this.#spec.name;
  }

  /** What it is made of; `change` puts another in its place. */
  get spec(): SupervisorMachine {
    return this.#spec;
  }

  /** Its state, since when, and what went wrong, if anything did. */
  get status(): MachineStatus {
    const provisioned = existsSync(this.#paths.provisionedFile);
    const state = this.#state === 'stopped' && !provisioned ? 'absent' : this.#state;
    return { name: this.spec.name, state, since: this.#since, ...(this.#note !== undefined && { note: this.#note }) };
  }

  /** @throws LabError `state.machine` when the machine does not run */
  get initPid(): number {
    if (this.#process !== undefined) return this.#process.initPid;
    throw machineErrors.notRunning(this.spec.name, this.status.state);
  }

  /** PID 1 of a machine that can run commands now. @throws LabError `state.machine` when it does not run, or is paused */
  get awakePid(): number {
    if (!this.impairments.paused) return this.initPid;
    throw machineErrors.paused(this.spec.name);
  }

  /** Provisions the disk if it is new (unless the machine is bare), then boots. No-op when the machine runs. */
  async start(ignition: 'provision' | 'bare'): Promise<void> {
    if (this.#state === 'running') return;
    if (this.#state !== 'stopped') throw machineErrors.inTransition(this.spec.name, this.#state);
    await this.#startNow(ignition);
  }

  async #startNow(ignition: 'provision' | 'bare'): Promise<void> {
    this.#become('starting');
    try {
      await prepareDisk(this.#lab, this.spec, ignition);
      await this.#boot();
    } catch (error) {
      await unmountRoot(this.#paths);
      this.#become('stopped', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /**
   * Gives it another size, at once when it runs. Memory comes first: it is what may not be had.
   * @throws LabError `state.memory` when it uses more, and keeps its size then; `state.machine` while it starts or stops
   */
  async resize(size: MachineSize): Promise<void> {
    const { memoryBytes, cpus } = size;
    const runs = this.#state === 'running';
    if (!runs && this.#state !== 'stopped') throw machineErrors.inTransition(this.spec.name, this.#state);
    if (runs && !(await limitMemory(this.#lab.hierarchies, this.#cgroup, memoryBytes)))
      throw machineErrors.usesMore(this.spec.name, memoryBytes);
    const sameCores = cpus === this.#spec.cpus;
    this.#spec = { ...this.#spec, memoryBytes, cpus };
    await this.impairments.setCpus(cpus);
    if (!runs || sameCores) return;
    await writeDockerCores(this.#paths.dockerCores, this.#spec);
    // One that is paused reads it when its Docker starts again.
    if (!this.impairments.paused) await showDockerCores(this.initPid);
  }

  /**
   * Has every process of it stand still; one that is off, or paused, does already.
   * @returns how to let them go on
   * @throws LabError `state.machine` while it starts or stops
   */
  async standStill(): Promise<() => Promise<void>> {
    if (this.#state === 'stopped' || this.impairments.paused) return async () => undefined;
    if (this.#state !== 'running') throw machineErrors.inTransition(this.spec.name, this.#state);
    const { hierarchies } = this.#lab;
    const goOn = async () => thaw(hierarchies, this.#cgroup);
    await freeze(hierarchies, this.#cgroup).catch(async (error: unknown) => {
      await goOn();
      throw error;
    });
    return goOn;
  }

  /** Has it power itself off; after `deadlineMs` the cord is pulled. Resolves, with how it ended, when nothing of it runs. */
  async halt(deadlineMs: number): Promise<'halted' | 'cut'> {
    if (this.#state === 'starting') await this.#stopped;
    const running = this.#process;
    if (running === undefined) return 'halted';
    this.#rebooting = false;
    this.#become('stopping');
    await this.impairments.lift('pause');
    askForPoweroff(running);
    const timer = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), deadlineMs).unref());
    const outcome = await Promise.race([running.ended, timer]);
    if (outcome === 'late') await this.#pullCord(running);
    await this.#stopped;
    return outcome === 'late' ? 'cut' : 'halted';
  }

  /** Pulls the cord (pull-cord.ts). Resolves when nothing of it runs. @param link as of `pullCord` */
  async cut(link: 'down' | 'up' = 'down'): Promise<void> {
    if (this.#state === 'starting') await this.#stopped;
    const running = this.#process;
    if (running === undefined) return;
    this.#rebooting = false;
    this.#become('stopping');
    await this.#pullCord(running, link);
    await this.#stopped;
  }

  /** Ends the machine (with a goodbye, or etcd's leader stalls when the member goes) and throws its disk away. */
  async destroy(): Promise<void> {
    await this.cut('up');
    if (this.#state !== 'stopped') throw machineErrors.inTransition(this.spec.name, this.#state);
    // No start may come in between.
    this.#become('stopping');
    try {
      await unmountRoot(this.#paths);
      await wipeDisk(this.#paths);
    } finally {
      this.#become('stopped');
    }
  }

  /** Asks the machine's systemd to reboot; `waitRebooted` says when it runs again. */
  async reboot(): Promise<void> {
    const { initPid } = this;
    await this.impairments.lift('pause');
    this.#rebooting = true;
    this.#become('stopping');
    askForReboot(initPid);
  }

  /** No wait when it is not rebooting. @throws LabError `timeout.condition` */
  async waitRebooted(deadlineMs: number): Promise<void> {
    await waitUntil({
      condition: `${this.spec.name} has rebooted`,
      deadlineMs,
      everyMs: 20,
      next: `look at ${this.#paths.consoleLog}`,
      check: () => !this.#rebooting,
    });
  }

  async #pullCord(running: MachineProcess, link: 'down' | 'up' = 'down'): Promise<void> {
    await pullCord(this.spec.name, running, link, () => this.impairments.liftWhatKeepsAlive());
  }

  async #boot(): Promise<void> {
    const { hierarchies, paths, lxcfsDir, stretch } = this.#lab;
    const cgroupProcs = await createMachineCgroup(hierarchies, paths.cgroup, this.spec.name, this.spec);
    await writeDockerCores(this.#paths.dockerCores, this.spec);
    await lxcfsAnswers(this.#lab);
    const started = await startMachineProcess({
      machine: this.spec.name,
      machineId: this.spec.machineId,
      paths: this.#paths,
      cgroupProcs,
      lxcfsDir,
      stretch,
    });
    this.#process = started;
    this.#become('running');
    this.#stopped = started.ended
      .then((end) => this.#afterEnd(end))
      .catch((error: unknown) => this.#become('stopped', error instanceof Error ? error.message : String(error)))
      .finally(() => (this.#rebooting = false));
  }

  async #afterEnd(end: NspawnEnd): Promise<void> {
    const again = end === 'reboot' && (this.#rebooting || this.#state !== 'stopping');
    const asked = this.#state === 'stopping';
    this.#process = undefined;
    await this.impairments.liftAll();
    await clearMachine(this.spec.name, this.#lab.hierarchies, this.#cgroup, this.#paths);
    if (again) return this.#startNow('provision');
    this.#become(
      'stopped',
      asked ? undefined : end === 'poweroff' ? 'it shut itself down' : `its systemd-nspawn ended (${end})`,
    );
  }

  #become(state: MachineState, note?: string): void {
    this.#state = state;
    this.#since = Date.now();
    this.#note = note;
  }

  get #cgroup(): string {
    return `${this.#lab.paths.cgroup}/${this.spec.name}`;
  }

  get #paths() {
    return this.#lab.paths.machine(this.spec.name);
  }
}
