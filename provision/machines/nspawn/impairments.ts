import type { Impairment } from '../machine-provider.ts';
import { limitCpu } from '../cgroup/cpu-limit.ts';
import { throttleDisk } from '../cgroup/disk-throttle.ts';
import { freeze, thaw } from '../cgroup/freezer.ts';
import type { Hierarchy } from '../cgroup/hierarchies.ts';
import { checkImpairment } from './check-impairment.ts';
import { fillDisk } from './fill-disk.ts';
import { losePackets, partition } from './network-faults.ts';

type Undo = () => Promise<void>;

/** What the impairments of one machine need to know of it. */
export interface ImpairedMachine {
  readonly name: string;
  readonly cgroup: string;
  readonly hierarchies: readonly Hierarchy[];
  /** CPUs it begins with. */
  readonly cpus: number;
  /** Where its disk is mounted. */
  readonly diskDir: string;
  /** Names of the machines that the lab has now. */
  readonly machines: () => readonly string[];
}

/** What is taken from one machine at the moment, of each kind at most one, with what gives it back. */
export class Impairments {
  readonly #machine: ImpairedMachine;
  #cpus: number;
  readonly #inForce = new Map<Impairment['kind'], { text: string; undo: Undo }>();
  /** One after the other: two changes of one kind at once would lose an undo. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(machine: ImpairedMachine) {
    this.#machine = machine;
    this.#cpus = machine.cpus;
  }

  /** It is frozen: whoever wants it to act lifts `pause` first. */
  get paused(): boolean {
    return this.#inForce.has('pause');
  }

  /** Another one of the same kind replaces what is in force. @throws LabError `input.impairment` */
  async impair(initPid: number, impairment: Impairment): Promise<void> {
    const { name } = this.#machine;
    checkImpairment(impairment, { name, machines: this.#machine.machines(), cpus: this.#cpus });
    const text = JSON.stringify(impairment);
    return this.#inTurn(async () => {
      if (this.#inForce.get(impairment.kind)?.text === text) return;
      await this.#undo(impairment.kind);
      const undo = await this.#begin(initPid, impairment);
      this.#inForce.set(impairment.kind, { text, undo });
    });
  }

  /** Gives the machine so many CPUs; while something slows it, once that is lifted. */
  async setCpus(cpus: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#cpus = cpus;
      const { hierarchies, cgroup } = this.#machine;
      if (!this.#inForce.has('slow-cpu')) await limitCpu(hierarchies, cgroup, cpus);
    });
  }

  /** Gives back what was taken, after whatever is being taken or given back now; does nothing where nothing was. */
  async lift(kind: Impairment['kind']): Promise<void> {
    return this.#inTurn(() => this.#undo(kind));
  }

  /** A frozen process dies of SIGKILL only when it is thawed, one that waits for its disk only when it has written. */
  async liftWhatKeepsAlive(): Promise<void> {
    await this.lift('pause');
    await this.lift('slow-disk');
  }

  /** Lifts everything: a machine that stops comes back whole. */
  async liftAll(): Promise<void> {
    return this.#inTurn(async () => {
      for (const kind of [...this.#inForce.keys()]) await this.#undo(kind);
    });
  }

  async #undo(kind: Impairment['kind']): Promise<void> {
    const entry = this.#inForce.get(kind);
    if (entry === undefined) return;
    await entry.undo();
    this.#inForce.delete(kind);
  }

  async #begin(initPid: number, impairment: Impairment): Promise<Undo> {
    const { name, hierarchies, cgroup, diskDir } = this.#machine;
    switch (impairment.kind) {
      case 'pause':
        await freeze(hierarchies, cgroup).catch(async (error: unknown) => {
          await thaw(hierarchies, cgroup);
          throw error;
        });
        return () => thaw(hierarchies, cgroup);
      case 'partition':
        return partition(name, impairment.from);
      case 'packet-loss':
        return losePackets(initPid, impairment.percent);
      case 'slow-cpu':
        await limitCpu(hierarchies, cgroup, impairment.cpus);
        return () => limitCpu(hierarchies, cgroup, this.#cpus);
      case 'slow-disk':
        return throttleDisk(hierarchies, cgroup, diskDir, impairment.bytesPerSecond);
      case 'full-disk':
        return fillDisk(diskDir);
    }
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
