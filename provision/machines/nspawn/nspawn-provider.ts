import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { NetworkConfig } from '../../config/lab-config.ts';
import { checkAddressFree, connectHost, disconnectHost, lowerFence, raiseFence } from '../../host/network/lab-link.ts';
import type {
  ExecResult,
  Impairment,
  MachineProvider,
  MachineStatus,
  ProviderCapability,
  ProviderStatus,
} from '../machine-provider.ts';
import { hostHierarchies } from './cgroup/hierarchies.ts';
import { thawBelow } from './cgroup/freezer.ts';
import { cgroupProcesses, removeCgroup } from './cgroup/machine-cgroup.ts';
import { callSupervisor } from './control-client.ts';
import type { LabPaths } from './lab-paths.ts';
import { killIfThere } from './kill-if-there.ts';
import { bridge } from './supervisor/lab-network.ts';
import { findSupervisor, killSupervisor, startSupervisor, supervisorAnswers } from './supervisor-process.ts';
import type { SupervisorSpec } from './supervisor-spec.ts';
import { waitUntil } from '../wait-until.ts';

const startDeadlineMs = 90_000;
const destroyDeadlineMs = 60_000;

/** Machines as systemd-nspawn containers under one supervisor process per lab (docs/architecture.md). */
export class NspawnProvider implements MachineProvider {
  readonly name = 'nspawn';
  readonly capabilities: readonly ProviderCapability[] = [
    ...(['halt', 'cut', 'reboot', 'exec', 'limits'] as const),
    ...(['pause', 'partition', 'packet-loss', 'slow-cpu', 'slow-disk'] as const),
  ];
  readonly #options: { paths: LabPaths; network: NetworkConfig; spec: SupervisorSpec; bundle: string; bare?: boolean };

  constructor(options: {
    paths: LabPaths;
    network: NetworkConfig;
    spec: SupervisorSpec;
    bundle: string;
    bare?: boolean;
  }) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const { paths, network, spec, bundle, bare } = this.#options;
    if (bare !== true) await checkAddressFree(paths.hostLink, network);
    await mkdir(paths.stateDir, { recursive: true });
    if (bare !== true) await raiseFence(paths.hostLink, network);
    let pids = findSupervisor(paths);
    if (pids === undefined || !(await supervisorAnswers(paths)) || (await this.#isOutdatedAndIdle())) {
      await this.#clearRemains();
      await writeFile(paths.specFile, specText(spec));
      pids = await startSupervisor(paths, bundle);
    }
    if (bare !== true) await connectHost(paths.hostLink, network, pids.init, bridge);
  }

  async status(): Promise<ProviderStatus> {
    const { paths, spec } = this.#options;
    if (findSupervisor(paths) !== undefined && existsSync(paths.controlSocket)) {
      const status = await this.#call<ProviderStatus>('GET', '/status', undefined, 5_000).catch(() => undefined);
      if (status !== undefined) return status;
    }
    const machines = spec.machines.map(({ name }): MachineStatus => ({
      name,
      state: existsSync(paths.machine(name).provisionedFile) ? 'stopped' : 'absent',
    }));
    return { up: false, machines };
  }

  async start(machine: string, ignition: string): Promise<void> {
    const files = this.#options.paths.machine(machine);
    await mkdir(files.dir, { recursive: true });
    if (!existsSync(files.provisionedFile)) await writeFile(files.ignitionFile, ignition, { mode: 0o600 });
    await this.#post(machine, 'start', { bare: this.#options.bare === true }, startDeadlineMs);
  }

  async waitBooted(machine: string, deadlineMs: number): Promise<'running' | 'degraded'> {
    const { stdout } = await this.#post<ExecResult>(machine, 'wait-booted', { deadlineMs }, deadlineMs);
    return stdout.trim() === 'running' ? 'running' : 'degraded';
  }

  async halt(machine: string, deadlineMs: number): Promise<'halted' | 'cut'> {
    return (await this.#post<{ end: 'halted' | 'cut' }>(machine, 'halt', { deadlineMs }, deadlineMs + 10_000)).end;
  }

  async cut(machine: string): Promise<void> {
    await this.#post(machine, 'cut', {}, 15_000);
  }

  async reboot(machine: string): Promise<void> {
    await this.#post(machine, 'reboot', {}, 5_000);
  }

  async impair(machine: string, impairment: Impairment): Promise<void> {
    await this.#post(machine, 'impair', { impairment }, 10_000);
  }

  async lift(machine: string, impairment: Impairment): Promise<void> {
    await this.#post(machine, 'lift', { impairment }, 10_000);
  }

  async exec(machine: string, argv: readonly string[], deadlineMs = 60_000): Promise<ExecResult> {
    return this.#post(machine, 'exec', { argv, deadlineMs }, deadlineMs);
  }

  async destroyMachine(machine: string): Promise<void> {
    const { paths } = this.#options;
    const { dir, provisionedFile } = paths.machine(machine);
    if ((await this.status()).up) await this.#post(machine, 'destroy', {}, destroyDeadlineMs);
    // The record goes first: a disk that is half gone counts as none.
    await rm(provisionedFile, { force: true });
    await rm(dir, { recursive: true, force: true });
  }

  async destroy(): Promise<void> {
    const { paths, network, bare } = this.#options;
    await this.#clearRemains();
    await rm(paths.runDir, { recursive: true, force: true });
    await rm(paths.stateDir, { recursive: true, force: true });
    if (bare !== true) await lowerFence(paths.hostLink, network);
    for (const parent of [dirname(paths.runDir), dirname(paths.stateDir)]) await rmdirIfEmpty(parent);
  }

  /** Sizes or images changed since the supervisor started, and no machine runs that it would take down. */
  async #isOutdatedAndIdle(): Promise<boolean> {
    const { paths, spec } = this.#options;
    if ((await readFile(paths.specFile, 'utf8')) === specText(spec)) return false;
    return (await this.status()).machines.every(({ state }) => state === 'stopped' || state === 'absent');
  }

  /** Ends whatever of this lab still runs and removes its cgroups and its link; the machines' disks stay. */
  async #clearRemains(): Promise<void> {
    const { paths, spec } = this.#options;
    const pids = findSupervisor(paths);
    const hierarchies = await hostHierarchies();
    const thaw = () => thawBelow(hierarchies, paths.cgroup);
    if (pids !== undefined) await killSupervisor(pids, paths, thaw);
    await waitUntil({
      condition: 'no process of the lab is left in its cgroups, and the cgroups are gone',
      deadlineMs: 15_000,
      everyMs: 20,
      evidence: async () => Promise.all((await cgroupProcesses(hierarchies, paths.cgroup)).map(commandLine)),
      next: 'lab destroy',
      check: async () => {
        await thaw();
        for (const pid of await cgroupProcesses(hierarchies, paths.cgroup)) killIfThere(pid, 'SIGKILL');
        return (await removeCgroup(hierarchies, paths.cgroup)).length === 0;
      },
    });
    for (const { mount } of hierarchies) await rmdirIfEmpty(`${mount}/${dirname(paths.cgroup)}`);
    await disconnectHost(paths.hostLink);
    for (const machine of spec.machines) await rm(paths.machine(machine.name).root, { recursive: true, force: true });
  }

  async #post<T>(machine: string, verb: string, body: unknown, deadlineMs: number): Promise<T> {
    return this.#call<T>('POST', `/machines/${machine}/${verb}`, body, deadlineMs);
  }

  async #call<T>(method: 'GET' | 'POST', path: string, body: unknown, deadlineMs: number): Promise<T> {
    return callSupervisor<T>(this.#options.paths.controlSocket, method, path, body, deadlineMs);
  }
}

function specText(spec: SupervisorSpec): string {
  return `${JSON.stringify(spec, null, 2)}\n`;
}

async function commandLine(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return `${pid} ${text.replaceAll('\0', ' ')}`;
}

async function rmdirIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch(() => undefined);
}
