import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { LabError } from '#errors/lab-error.ts';
import type { LabConfig, MachineConfig } from '../config/lab-config.ts';
import { machinesNamed } from '../config/machine-named.ts';
import { keepFence, lowerFence } from '../host/network/fence.ts';
import { makeProvider } from '../machines/choice/make-provider.ts';
import { labPaths, type LabPaths } from '../machines/ground/lab-paths.ts';
import { refuseStopped } from '../machines/ground/refuse-stopped.ts';
import type { MachineProvider } from '../machines/machine-provider.ts';
import { bringUp, type UpResult } from './up/bring-up.ts';
import { adoptChanges } from './in-force/adopt-changes.ts';
import { type ConfigChange, sizesApplied } from './in-force/config-changes.ts';
import { withLabLock } from './parts/lab-lock.ts';
import { type LabEvent, type OnLabEvent, inPhase } from './parts/lab-event.ts';
import type { LabParts } from './parts/lab-parts.ts';
import { previewUp, type UpPreview } from './preview/preview-up.ts';
import { labStatus, type LabStatus } from './status.ts';
import { prepareGuest } from './up/prepare-guest.ts';
import { supervisorSpec } from './supervisor-spec.ts';

/** What became of changes to config.rb and lab.toml. */
interface Adopted {
  /** What machines that there are were given. */
  readonly applied: readonly ConfigChange[];
  /** What does not hold yet. */
  readonly later: readonly ConfigChange[];
}

/** One lab on this host: three machines and the ground they stand on. */
export class Lab {
  /** config.rb and lab.toml as they are now. */
  readonly written: LabConfig;
  readonly repoDir: string;
  /** The directory of config.rb and lab.toml. */
  readonly configDir: string;
  readonly paths: LabPaths;
  readonly #on: OnLabEvent;
  /** What it is made of; `upAsWritten` makes it what is written, as far as that can be. */
  #config: LabConfig;
  #provider: MachineProvider;

  /**
   * @param options.config what the lab is made of
   * @param options.written what `upAsWritten` is to make of it; default: the same
   */
  constructor(options: {
    config: LabConfig;
    written?: LabConfig;
    repoDir: string;
    configDir?: string;
    onEvent?: (event: LabEvent) => void;
  }) {
    this.#config = options.config;
    this.written = options.written ?? options.config;
    this.repoDir = options.repoDir;
    this.configDir = options.configDir ?? options.repoDir;
    this.paths = labPaths(options.config.name, options.config.stateDir);
    this.#on = options.onEvent ?? (() => undefined);
    this.#provider = this.#providerOf(options.config);
  }

  /** What it is made of. */
  get config(): LabConfig {
    return this.#config;
  }

  /** Has packages for the lab's addresses stay on this host while the lab exists, up or not: after a reboot nothing may. */
  async keepFence(): Promise<void> {
    const { hostLink, stateDir } = this.paths;
    if (process.getuid?.() !== 0 || !existsSync(stateDir)) return;
    await keepFence(hostLink, this.config.network);
    // A `lab destroy` at this very moment removes the directory first, and the fence after it.
    if (!existsSync(stateDir)) await lowerFence(hostLink, this.config.network);
  }

  /**
   * Converges: creates what is absent, starts what is halted, keeps what runs, waits until the cluster is ready. The lab stays
   * what it is made of.
   */
  async up(names?: readonly string[]): Promise<UpResult> {
    const wanted = this.machines(names).map(({ name }) => name);
    return withLabLock(this.paths, 'lab up', () => bringUp(this.parts, wanted, { on: this.#on }));
  }

  /**
   * As `up`, of a lab that first becomes what is written, as far as that can be.
   * @throws LabError `state.machine-set` where a machine, or what etcd stored, would be lost
   */
  async upAsWritten(names?: readonly string[]): Promise<UpResult & Adopted> {
    machinesWritten(this, names);
    return withLabLock(this.paths, 'lab up', async () => {
      const { applied, later } = await this.#adopt(names);
      const wanted = this.machines(names).map(({ name }) => name);
      const result = await bringUp(this.parts, wanted, { on: this.#on });
      return { ...result, applied, later };
    });
  }

  /** What `upAsWritten` would do; nothing is touched. @throws LabError as it would, by config.rb and lab.toml */
  async preview(names?: readonly string[]): Promise<UpPreview> {
    machinesWritten(this, names);
    refuseStopped(this.paths, this.config.name);
    return previewUp(this, (config) => this.#providerOf(config), names);
  }

  /** What one guest needs before a person's own `vagrant up` boots it. */
  async prepareGuest(name: string): Promise<void> {
    machinesWritten(this, [name]);
    await withLabLock(this.paths, 'vagrant up', async () => {
      await this.#adopt([name]);
      this.machines([name]);
      await prepareGuest(this.parts, name, { on: this.#on });
    });
  }

  /** What runs at the moment, and what of the written config is not in force yet. Changes nothing. */
  async status(): Promise<LabStatus> {
    return labStatus(this.parts, this.written);
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
      refuseStopped(this.paths, this.config.name);
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

  /** @throws LabError `missing.machine` for a name that the lab does not have */
  machines(names?: readonly string[]): MachineConfig[] {
    const coming = (names ?? []).find((name) => !hasMachine(this.config, name) && hasMachine(this.written, name));
    if (coming === undefined) return machinesNamed(this.config, names);
    throw new LabError({
      code: 'missing.machine',
      cause: `${coming} is in config.rb, and not in this lab yet`,
      next: `lab up ${coming}`,
    });
  }

  /** What runs its machines: the same one for as long as `upAsWritten` changes nothing. */
  provider(): MachineProvider {
    return this.#provider;
  }

  /** Under the lab's lock: becomes what is written, as far as that can be. */
  async #adopt(names: readonly string[] | undefined): Promise<Adopted> {
    const providerOf = (config: LabConfig) => this.#providerOf(config);
    const { inForce, config, later } = await adoptChanges(this.written, providerOf, names);
    const applied = inForce === undefined ? [] : sizesApplied(inForce, config);
    if (isDeepStrictEqual(config, this.#config)) return { applied, later };
    this.#config = config;
    this.#provider = providerOf(config);
    return { applied, later };
  }

  #providerOf(config: LabConfig): MachineProvider {
    const { repoDir, configDir } = this;
    return makeProvider({
      config,
      paths: labPaths(config.name, config.stateDir),
      repoDir,
      configDir,
      specOf: (images) => supervisorSpec({ config, repoDir, ...images }),
      onProgress: (subject, detail) => this.#on({ subject, phase: 'boot', status: 'progress', detail }),
    });
  }

  /** What helpers get instead of the lab. */
  get parts(): LabParts {
    const { config, repoDir, configDir, paths } = this;
    return {
      config,
      repoDir,
      configDir,
      paths,
      provider: this.#provider,
      providerOf: (other) => this.#providerOf(other),
    };
  }

  /** @throws LabError `state.lab-down` when no supervisor answers */
  async runningProvider(): Promise<MachineProvider> {
    if ((await this.#provider.status()).up) return this.#provider;
    throw new LabError({ code: 'state.lab-down', cause: `lab ${this.config.name} is not up`, next: 'lab up' });
  }
}

/** A name that neither the lab nor config.rb has is no machine. @throws LabError `missing.machine` */
function machinesWritten({ config, written }: Lab, names: readonly string[] | undefined): void {
  const unknown = (names ?? []).find((name) => !hasMachine(config, name));
  if (unknown !== undefined) machinesNamed(written, [unknown]);
}

function hasMachine({ machines }: LabConfig, name: string): boolean {
  return machines.some((machine) => machine.name === name);
}
