import { LabError } from '#errors/lab-error.ts';
import { copyDisks } from '../nspawn/copy-disks.ts';
import { attachOldDisks } from '../nspawn/disk-image.ts';
import { Machine } from '../nspawn/machine.ts';
import type { MachineGround } from '../nspawn/machine-ground.ts';
import type { SupervisorMachine } from '../ground/supervisor-spec.ts';

/** It becomes a directory, a cgroup, a host's name and, behind `vb-`, a network interface of at most 15 characters. */
const sound = /^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/;

export interface LabMachinesOptions {
  /** What the machines stand on, but for the names of them all, which are known here. */
  readonly ground: Omit<MachineGround, 'machines'>;
  readonly specs: readonly SupervisorMachine[];
  /** They are guests: somebody else makes and runs them, and only their names are kept here. */
  readonly guests: boolean;
  /** Copies the disks of guests that may run into a directory; gives ms for which they stood still. */
  readonly copyGuests?: (to: string) => Promise<number>;
  /** The lab's DNS is to answer for these from now on. */
  readonly onNames: (machines: readonly SupervisorMachine[]) => Promise<void>;
}

/** The machines of the lab as its supervisor knows them. They come and go while it runs. */
export class LabMachines {
  readonly #options: LabMachinesOptions;
  readonly #specs: Map<string, SupervisorMachine>;
  /** Empty where they are guests. */
  readonly #machines = new Map<string, Machine>();
  #copying: Promise<unknown> = Promise.resolve();

  constructor(options: LabMachinesOptions) {
    this.#options = options;
    this.#specs = new Map(options.specs.map((spec) => [spec.name, spec]));
    if (!options.guests) for (const spec of options.specs) this.#machines.set(spec.name, this.#make(spec));
  }

  /** Mounts the disks that there are, so that the journal of a machine that is down can be read. */
  async attachDisks(): Promise<void> {
    const { ground } = this.#options;
    const machines = [...this.#machines.keys()].map((name) => ({ name, paths: ground.paths.machine(name) }));
    await attachOldDisks(ground.name, machines);
  }

  /** Those that it runs, in the order in which they came. */
  get machines(): readonly Machine[] {
    return [...this.#machines.values()];
  }

  /** Undefined for a guest, and for one that is none of the lab. */
  get(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  /** No-op for one that is there as it is described. @throws LabError `input.machine` */
  async add(spec: SupervisorMachine): Promise<void> {
    const { name, address } = spec;
    if (!sound.test(name)) throw unsound(`${JSON.stringify(name.slice(0, 60))} is no name for a machine`);
    const other = [...this.#specs.values()].find((one) => one.name !== name && one.address === address);
    if (other !== undefined) throw unsound(`${name} cannot have the address ${address}: it is ${other.name}'s`);
    const old = this.#specs.get(name);
    if (old !== undefined && old.address !== address) throw unsound(`${name} is there already, at ${old.address}`);
    if (old !== undefined) return;
    this.#specs.set(name, spec);
    if (!this.#options.guests) this.#machines.set(name, this.#make(spec));
    await this.#options.onNames([...this.#specs.values()]);
  }

  /** No-op for one that is not there. @throws LabError `state.machine` for one that has a disk */
  async forget(name: string): Promise<void> {
    const state = this.#machines.get(name)?.status.state ?? 'absent';
    if (state !== 'absent') {
      throw new LabError({
        code: 'state.machine',
        cause: `${name} is ${state}: what it has on its disk would be lost`,
        next: `lab destroy ${name}`,
      });
    }
    this.#machines.delete(name);
    if (this.#specs.delete(name)) await this.#options.onNames([...this.#specs.values()]);
  }

  /**
   * Copies the disks of all machines at one instant, one such work after the other.
   * @returns ms for which they stood still
   * @throws LabError `state.machine`
   */
  async copyDisks(to: string): Promise<number> {
    const { ground, copyGuests } = this.#options;
    const work = copyGuests ?? ((into: string) => copyDisks(ground.paths, this.machines, into));
    const copied = this.#copying.then(() => work(to));
    this.#copying = copied.catch(() => undefined);
    return copied;
  }

  #make(spec: SupervisorMachine): Machine {
    return new Machine(spec, { ...this.#options.ground, machines: () => [...this.#specs.keys()] });
  }
}

function unsound(cause: string): LabError {
  return new LabError({ code: 'input.machine', cause, next: 'correct config.rb, or the network in lab.toml' });
}
