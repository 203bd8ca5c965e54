import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { mustHave } from '#errors/must-have.ts';
import type { NetworkConfig } from '../../config/lab-config.ts';
import { lowerFence, raiseFence } from '../../host/network/fence.ts';
import { checkAddressFree, connectHost, disconnectHost } from '../../host/network/lab-link.ts';
import { leaveLinkAlone, takeLinkBack } from '../../host/network/unmanaged-link.ts';
import type { MachineImages, ProviderStatus } from '../machine-provider.ts';
import { waitUntil } from '../wait-until.ts';
import { liftThrottles } from '../cgroup/disk-throttle.ts';
import { disableControllers } from '../cgroup/controllers.ts';
import { thawBelow } from '../cgroup/freezer.ts';
import { hostHierarchies } from '../cgroup/hierarchies.ts';
import { cgroupProcesses, removeCgroup } from '../cgroup/machine-cgroup.ts';
import { changeLive, specText, writeSpec } from './change-live.ts';
import { callSupervisor } from './control-client.ts';
import { hostServicePlaces } from './host-service-places.ts';
import { killIfThere } from './kill-if-there.ts';
import type { LabPaths } from './lab-paths.ts';
import { bridge } from './lab-network.ts';
import { type ProviderRecord, writeProviderRecord } from './provider-record.ts';
import { findSupervisor, killSupervisor, startSupervisor, supervisorAnswers } from './supervisor-process.ts';
import { parseSupervisorSpec } from './read-supervisor-spec.ts';
import type { SupervisorSpec } from './supervisor-spec.ts';
import { textOrEmpty } from '../../host/text-or-empty.ts';

/** On a host that is not slow. */
const goneDeadlineMs = 15_000;
const statusDeadlineMs = 5_000;

export interface GroundOptions {
  readonly paths: LabPaths;
  readonly network: NetworkConfig;
  /** The lab's name. */
  readonly lab: string;
  /** Names of all its machines. */
  readonly machines: readonly string[];
  /** How many times slower than usual its machines are (LabConfig.stretch). */
  readonly stretch: number;
  /** What runs them, to be found by later commands. */
  readonly record: ProviderRecord;
  /** What the supervisor is told: known as soon as the images are. */
  readonly specOf: (images: MachineImages) => SupervisorSpec;
  /** The supervisor's program. */
  readonly bundle: string;
  /** Directories of the host that the provider's part of the supervisor makes; those left empty go with the lab. */
  readonly places?: readonly string[];
  /** Without a link to the host; for benchmarks. */
  readonly bare?: boolean;
}

/**
 * What the machines of a lab stand on, whichever provider runs them: the supervisor in namespaces of its own (bridge,
 * registry, artifact server, DNS), the host's link to it, and the fence around the lab's addresses.
 */
export class Ground {
  readonly #options: GroundOptions;

  constructor(options: GroundOptions) {
    this.#options = options;
  }

  /** Where everything of the lab lies on this host. */
  get paths(): LabPaths {
    return this.#options.paths;
  }

  /** Names of all machines of the lab. */
  get machines(): readonly string[] {
    return this.#options.machines;
  }

  /** How many times slower than usual its machines are: waits for them last as much longer. */
  get stretch(): number {
    return this.#options.stretch;
  }

  /**
   * @param images undefined: those that the lab was last prepared with
   * @param running names of the machines that run. While there is none, a supervisor that was started for another spec is
   *   replaced; else it is told of new machines and sizes, and has the rest of the spec when it is started again
   * @throws LabError `state.lab-down` when it was never prepared and the images are not given; `state.memory`, `state.old-supervisor`
   */
  async prepare(images: MachineImages | undefined, running: () => Promise<readonly string[]>): Promise<void> {
    const { paths, network, record, specOf, bundle, bare, stretch } = this.#options;
    const spec = images === undefined ? await this.#lastSpec() : specOf(images);
    if (bare !== true) await checkAddressFree(paths.hostLink, network);
    await mkdir(paths.stateDir, { recursive: true });
    // Before the supervisor is there: a lab that runs and does not say on what would be taken for one of containers.
    await writeProviderRecord(paths.stateDir, record);
    if (bare !== true) {
      await raiseFence(paths.hostLink, network);
      await leaveLinkAlone(paths.hostLink);
    }
    let pids = findSupervisor(paths);
    const answers = pids !== undefined && (await supervisorAnswers(paths, stretch));
    const otherSpec = answers && textOrEmpty(paths.specFile) !== specText(spec);
    const busy = otherSpec ? await running() : [];
    if (pids === undefined || !answers || (otherSpec && busy.length === 0)) {
      await this.clearRemains();
      await writeSpec(paths.specFile, spec);
      pids = await startSupervisor(paths, bundle, stretch, spec.upstream !== undefined);
    } else if (otherSpec) await changeLive(paths, spec, busy, stretch);
    // Here and not where it is started: whoever started it may have been killed before it could write.
    await writeFile(paths.supervisorFile, `${JSON.stringify(pids)}\n`);
    if (bare !== true)
      await connectHost(paths.hostLink, network, mustHave(pids.init, 'PID 1 of a supervisor that answers'), bridge);
  }

  /** Whether a supervisor runs, and with it whatever it runs, also one that is too busy to answer. */
  isThere(): boolean {
    return findSupervisor(this.paths) !== undefined;
  }

  /** What the supervisor says, or undefined when none answers. */
  async status(): Promise<ProviderStatus | undefined> {
    const { paths, stretch } = this.#options;
    if (findSupervisor(paths) === undefined || !existsSync(paths.controlSocket)) return undefined;
    return this.call<ProviderStatus>('GET', '/status', undefined, statusDeadlineMs * stretch).catch(() => undefined);
  }

  /** A process inside the lab's namespaces, by its PID on the host. @throws LabError `state.lab-down` when there is none */
  requireNamespacePid(): number {
    const init = findSupervisor(this.paths)?.init;
    if (init !== undefined) return init;
    throw new LabError({ code: 'state.lab-down', cause: `lab ${this.#options.lab} is not up`, next: 'lab up' });
  }

  /** Asks the supervisor over its control socket, and gives its answer as it is. @throws LabError as of `callSupervisor` */
  async call<T>(method: 'GET' | 'POST', path: string, body: unknown, deadlineMs: number): Promise<T> {
    return callSupervisor<T>(this.#options.paths.controlSocket, method, path, body, deadlineMs);
  }

  /** Ends everything and removes it from the host, disks included. */
  async destroy(): Promise<void> {
    const { paths, network, bare, places } = this.#options;
    await this.clearRemains();
    await rm(paths.runDir, { recursive: true, force: true });
    await rm(paths.stateDir, { recursive: true, force: true });
    if (bare !== true) {
      await lowerFence(paths.hostLink, network);
      await takeLinkBack(paths.hostLink);
    }
    await disableControllers(await hostHierarchies(), dirname(paths.cgroup));
    const parents = [dirname(paths.runDir), dirname(paths.stateDir)];
    for (const place of [...parents, ...hostServicePlaces, ...(places ?? [])]) await rmdirIfEmpty(place);
  }

  async #lastSpec(): Promise<SupervisorSpec> {
    const { lab, paths } = this.#options;
    const text = await readFile(paths.specFile, 'utf8').catch((error: unknown) => {
      throw new LabError({ code: 'state.lab-down', cause: `lab ${lab} was never up`, next: 'lab up', error });
    });
    return parseSupervisorSpec(text, paths.specFile);
  }

  /** Ends whatever of this lab still runs and removes its cgroups and its link; the machines' disks stay. */
  async clearRemains(): Promise<void> {
    const { paths, machines, stretch } = this.#options;
    const pids = findSupervisor(paths);
    const hierarchies = await hostHierarchies();
    const release = async () => {
      await thawBelow(hierarchies, paths.cgroup);
      await liftThrottles(hierarchies, paths.cgroup);
    };
    if (pids !== undefined) await killSupervisor(pids, paths, release, stretch);
    await waitUntil({
      condition: 'no process of the lab is left in its cgroups, and the cgroups are gone',
      deadlineMs: goneDeadlineMs * stretch,
      everyMs: 20,
      evidence: async () => Promise.all((await cgroupProcesses(hierarchies, paths.cgroup)).map(commandLine)),
      next: 'lab destroy',
      check: async () => {
        await release();
        for (const pid of await cgroupProcesses(hierarchies, paths.cgroup)) killIfThere(pid, 'SIGKILL');
        return (await removeCgroup(hierarchies, paths.cgroup)).length === 0;
      },
    });
    // The kernel unmounts the disks after the last process; a disk mounted twice would be ruined.
    await waitUntil({
      condition: 'no disk of the lab is mounted any more',
      deadlineMs: goneDeadlineMs * stretch,
      everyMs: 20,
      evidence: () => loopDevicesBelow(paths.stateDir),
      next: 'losetup -a; lab destroy',
      check: () => loopDevicesBelow(paths.stateDir).length === 0,
    });
    for (const { mount } of hierarchies) await rmdirIfEmpty(`${mount}/${dirname(paths.cgroup)}`);
    await disconnectHost(paths.hostLink);
    for (const machine of machines) await rm(paths.machine(machine).root, { recursive: true, force: true });
  }
}

async function commandLine(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return `${pid} ${text.replaceAll('\0', ' ')}`;
}

async function rmdirIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch(() => undefined);
}

/**
 * Loop devices whose file lies below a directory, as `loop0 FILE`. Source: kernel documentation, ABI/testing,
 * sysfs-block-loop: `backing_file` is there while the device is bound.
 */
function loopDevicesBelow(directory: string): string[] {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .map((name) => `${name} ${textOrEmpty(`/sys/block/${name}/loop/backing_file`).trim()}`)
    .filter((line) => line.includes(` ${directory}/`));
}
