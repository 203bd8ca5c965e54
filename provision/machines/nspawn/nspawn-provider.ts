import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { LabError } from '#errors/lab-error.ts';
import type {
  DiskCopies,
  ExecResult,
  Impairment,
  MachineImages,
  MachineProvider,
  MachineStatus,
  ProviderCapability,
  ProviderStatus,
} from '../machine-provider.ts';
import type { ControlBody, ControlReply, ControlVerb } from '../ground/control-requests.ts';
import { Ground, type GroundOptions } from '../ground/ground.ts';
import { copiesNoDisks } from '../ground/copies-no-disks.ts';
import { copyKept, takenBytes } from '../copy-kept.ts';
import { copyDisks } from './copy-disks.ts';
import { readJournal } from './read-journal.ts';
import { refuseOldDisks } from './disk-image.ts';

/** What the supervisor is waited for, on a host that is not slow. */
const deadlinesMs = {
  start: 90_000,
  destroy: 60_000,
  cut: 15_000,
  reboot: 5_000,
  impair: 10_000,
  lift: 10_000,
  copyDisks: 300_000,
};
const haltGraceMs = 10_000;

/** Machines as systemd-nspawn containers under one supervisor process per lab (docs/architecture.md). */
export class NspawnProvider implements MachineProvider, DiskCopies {
  readonly name = 'nspawn';
  readonly capabilities: readonly ProviderCapability[] = [
    ...(['halt', 'cut', 'reboot', 'exec', 'limits'] as const),
    ...(['pause', 'partition', 'packet-loss', 'slow-cpu', 'slow-disk', 'full-disk'] as const),
  ];
  readonly needs = { box: undefined };
  readonly bootedByOthers = undefined;
  readonly copies = this;
  readonly kept = ['machines', 'registry'];
  readonly #ground: Ground;
  readonly #bare: boolean;

  constructor(options: GroundOptions) {
    this.#ground = new Ground(options);
    this.#bare = options.bare === true;
  }

  /** A container needs nothing of the kind. */
  guestOf(): undefined {
    return undefined;
  }

  async preflight(): Promise<void> {
    refuseOldDisks(this.#ground.paths, this.#ground.machines);
  }

  async prepare(images: MachineImages): Promise<void> {
    await this.#ground.prepare(images, async () => {
      const { machines } = await this.status();
      return machines.filter(({ state }) => state !== 'stopped' && state !== 'absent').map(({ name }) => name);
    });
  }

  async status(): Promise<ProviderStatus> {
    const { paths, machines: names } = this.#ground;
    const status = await this.#ground.status();
    if (status !== undefined) return status;
    const machines = names.map((name): MachineStatus => ({
      name,
      state: existsSync(paths.machine(name).provisionedFile) ? 'stopped' : 'absent',
    }));
    return { up: false, machines };
  }

  async offerIgnition(machine: string, ignition: string): Promise<void> {
    const { dir, provisionedFile, ignitionFile } = this.#ground.paths.machine(machine);
    if (existsSync(provisionedFile)) return;
    await mkdir(dir, { recursive: true });
    await writeFile(ignitionFile, ignition, { mode: 0o600 });
  }

  async start(machine: string, ignition: string): Promise<void> {
    await this.offerIgnition(machine, ignition);
    await this.#post(machine, 'start', { bare: this.#bare }, this.#deadlineMs('start'));
  }

  async waitBooted(machine: string, deadlineMs: number): Promise<'running' | 'degraded'> {
    const { stdout } = await this.#post(machine, 'wait-booted', { deadlineMs }, deadlineMs);
    return stdout.trim() === 'running' ? 'running' : 'degraded';
  }

  async halt(machine: string, deadlineMs: number): Promise<'halted' | 'cut'> {
    return (await this.#post(machine, 'halt', { deadlineMs }, deadlineMs + haltGraceMs)).end;
  }

  async cut(machine: string): Promise<void> {
    await this.#post(machine, 'cut', {}, this.#deadlineMs('cut'));
  }

  async reboot(machine: string): Promise<void> {
    await this.#post(machine, 'reboot', {}, this.#deadlineMs('reboot'));
  }

  async impair(machine: string, impairment: Impairment): Promise<void> {
    await this.#post(machine, 'impair', { impairment }, this.#deadlineMs('impair'));
  }

  async lift(machine: string, impairment: Impairment): Promise<void> {
    await this.#post(machine, 'lift', { impairment }, this.#deadlineMs('lift'));
  }

  async exec(machine: string, argv: readonly string[], deadlineMs = 60_000): Promise<ExecResult> {
    return this.#post(machine, 'exec', { argv, deadlineMs }, deadlineMs);
  }

  async readJournal(machine: string, args: readonly string[]): Promise<string> {
    return readJournal(this.#ground.paths, machine, args);
  }

  async destroyMachine(machine: string): Promise<void> {
    const { paths } = this.#ground;
    const { dir, provisionedFile } = paths.machine(machine);
    if ((await this.status()).up) await this.#post(machine, 'destroy', {}, this.#deadlineMs('destroy'));
    // The record goes first: a disk that is half gone counts as none.
    await rm(provisionedFile, { force: true });
    await rm(dir, { recursive: true, force: true });
  }

  async copyDisks(to: string): Promise<number> {
    const { paths, machines } = this.#ground;
    if (this.#ground.isThere()) {
      const deadlineMs = this.#deadlineMs('copyDisks');
      const asked = this.#ground.call<{ stoodStillMs: number }>('POST', '/copy-disks', { to }, deadlineMs);
      return (await asked.catch(ofOldSupervisor)).stoodStillMs;
    }
    // Nothing of the lab runs, and nothing has its disks mounted.
    const standStill = async () => async () => undefined;
    return copyDisks(
      paths,
      machines.map((name) => ({ name, standStill })),
      to,
    );
  }

  async copyBack(from: string, to: string): Promise<void> {
    await copyKept(from, this.kept, to);
  }

  async diskBytes(): Promise<number> {
    const { paths, machines } = this.#ground;
    return takenBytes(machines.map((name) => paths.machine(name).diskImage));
  }

  async endGround(): Promise<void> {
    await this.#ground.clearRemains();
  }

  async destroy(): Promise<void> {
    await this.#ground.destroy();
  }

  #deadlineMs(verb: keyof typeof deadlinesMs): number {
    return deadlinesMs[verb] * this.#ground.stretch;
  }

  async #post<Verb extends ControlVerb>(
    machine: string,
    verb: Verb,
    body: ControlBody<Verb>,
    deadlineMs: number,
  ): Promise<ControlReply<Verb>> {
    return this.#ground.call<ControlReply<Verb>>('POST', `/machines/${machine}/${verb}`, body, deadlineMs);
  }
}

/** A supervisor of an earlier version takes it for a machine's name. */
function ofOldSupervisor(error: unknown): never {
  if (!(error instanceof LabError) || error.code !== 'missing.machine') throw error;
  throw copiesNoDisks(error);
}
