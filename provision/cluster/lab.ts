import { existsSync } from 'node:fs';
import { LabError } from '#errors/lab-error.ts';
import type { LabConfig, MachineConfig } from '../config/lab-config.ts';
import { machinesNamed } from '../config/machine-named.ts';
import { lowerFence, raiseFence } from '../host/network/fence.ts';
import { makeProvider } from '../machines/choice/make-provider.ts';
import { labPaths, type LabPaths } from '../machines/ground/lab-paths.ts';
import type { MachineProvider } from '../machines/machine-provider.ts';
import { bringUp, type UpResult } from './bring-up.ts';
import { withLabLock } from './lab-lock.ts';
import { type LabEvent, type OnLabEvent, inPhase } from './lab-event.ts';
import type { LabParts } from './lab-parts.ts';
import { labStatus, type LabStatus } from './status.ts';
import { prepareGuest } from './prepare-guest.ts';
import { supervisorSpec } from './supervisor-spec.ts';

/** One lab on this host: three machines and the ground they stand on. */
export class Lab {
  readonly config: LabConfig;
  readonly repoDir: string;
  /** The directory of config.rb and lab.toml. */
  readonly configDir: string;
  readonly paths: LabPaths;
  readonly #on: OnLabEvent;
  readonly #provider: MachineProvider;

  constructor(options: {
    config: LabConfig;
    repoDir: string;
    configDir?: string;
    onEvent?: (event: LabEvent) => void;
  }) {
    this.config = options.config;
    this.repoDir = options.repoDir;
    this.configDir = options.configDir ?? options.repoDir;
    this.paths = labPaths(options.config.name, options.config.stateDir);
    this.#on = options.onEvent ?? (() => undefined);
    const { config, repoDir, configDir, paths } = this;
    this.#provider = makeProvider({
      config,
      paths,
      repoDir,
      configDir,
      specOf: (images) => supervisorSpec({ config, repoDir, ...images }),
      onProgress: (subject, detail) => this.#on({ subject, phase: 'boot', status: 'progress', detail }),
    });
  }

  /** Has packages for the lab's addresses stay on this host while the lab exists, up or not: after a reboot nothing may. */
  async keepFence(): Promise<void> {
    const { hostLink, stateDir } = this.paths;
    if (process.getuid?.() !== 0 || !existsSync(stateDir)) return;
    await raiseFence(hostLink, this.config.network);
    // A `lab destroy` at this very moment removes the directory first, and the fence after it.
    if (!existsSync(stateDir)) await lowerFence(hostLink, this.config.network);
  }

  /** Converges: creates what is absent, starts what is halted, keeps what runs, waits until the cluster is ready. */
  async up(names?: readonly string[]): Promise<UpResult> {
    const wanted = this.machines(names).map(({ name }) => name);
    return withLabLock(this.paths, 'lab up', () => bringUp(this.parts, wanted, { on: this.#on }));
  }

  /** What one guest needs before a person's own `vagrant up` boots it. */
  async prepareGuest(name: string): Promise<void> {
    this.machines([name]);
    await withLabLock(this.paths, 'vagrant up', () => prepareGuest(this.parts, name, { on: this.#on }));
  }

  async status(): Promise<LabStatus> {
    return labStatus(this.parts);
  }

  /** Orderly shutdown, like `vagrant halt`; all at once when no machine is named. */
  async halt(names?: readonly string[]): Promise<void> {
    const machines = this.machines(names);
    await withLabLock(this.paths, 'lab halt', async () => {
      const provider = await this.runningProvider();
      await Promise.all(
        machines.map(async ({ name }) => {
          const end = await inPhase(
            this.#on,
            { subject: name, phase: 'halt', deadlineMs: this.config.timers.haltDeadlineMs },
            () => provider.halt(name, this.config.timers.haltDeadlineMs),
          );
          if (end === 'cut')
            this.#on({ subject: name, phase: 'halt', status: 'done', detail: 'did not end in time: cord pulled' });
        }),
      );
    });
  }

  /** Pulls the cord of machines: no shutdown, peers see silence. */
  async cut(names: readonly string[]): Promise<void> {
    const machines = this.machines(names);
    await withLabLock(this.paths, 'lab cut', async () => {
      const provider = await this.runningProvider();
      await Promise.all(
        machines.map(({ name }) => inPhase(this.#on, { subject: name, phase: 'cut' }, () => provider.cut(name))),
      );
    });
  }

  /** Removes everything of the lab from the host; works in any state, also after a crash. */
  async destroy(): Promise<void> {
    await withLabLock(this.paths, 'lab destroy', () =>
      inPhase(this.#on, { subject: 'lab', phase: 'destroy' }, () => this.#provider.destroy()),
    );
  }

  /**
   * Throws machines away, disk and all, whether they run or not; the rest of the lab stays. `up` builds them anew.
   * @returns those that had a disk
   */
  async destroyMachines(names: readonly string[]): Promise<string[]> {
    const machines = this.machines(names).map(({ name }) => name);
    return withLabLock(this.paths, 'lab destroy', async () => {
      const provider = this.#provider;
      const { machines: found } = await provider.status();
      const there = machines.filter((name) => found.some((one) => one.name === name && one.state !== 'absent'));
      await Promise.all(
        there.map((name) =>
          inPhase(this.#on, { subject: name, phase: 'destroy', detail: 'end it and throw its disk away' }, () =>
            provider.destroyMachine(name),
          ),
        ),
      );
      return there;
    });
  }

  /** @throws LabError `missing.machine` for a name that config.rb does not give */
  machines(names?: readonly string[]): MachineConfig[] {
    return machinesNamed(this.config, names);
  }

  /** What runs its machines: the same one for as long as this value lives. */
  provider(): MachineProvider {
    return this.#provider;
  }

  get parts(): LabParts {
    const { config, repoDir, configDir, paths } = this;
    return { config, repoDir, configDir, paths, provider: this.#provider };
  }

  /** @throws LabError `state.lab-down` when no supervisor answers */
  async runningProvider(): Promise<MachineProvider> {
    if ((await this.#provider.status()).up) return this.#provider;
    throw new LabError({ code: 'state.lab-down', cause: `lab ${this.config.name} is not up`, next: 'lab up' });
  }
}
