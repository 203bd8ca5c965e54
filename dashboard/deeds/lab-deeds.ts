import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import { injectFault, requireCapability } from '#scenarios/harness/faults/inject-fault.ts';
import { faultName } from '#scenarios/harness/faults/fault-name.ts';
import { Ledger } from '#scenarios/harness/faults/ledger.ts';
import { refuseDuringScenario, takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import { type HasStretch, undoFault } from '#scenarios/harness/faults/undo-fault.ts';
import type { FaultAction, FaultRecord } from '#scenarios/harness/record/fault-record.ts';
import type { Unstamped } from '../moment/seen.ts';
import type { DeedKind } from '../server/protocol.ts';

/** What it needs of a lab. */
export type DeedLab = Pick<Lab, 'paths' | 'halt' | 'cut' | 'up'> &
  HasStretch & {
    provider(): MachineProvider;
    /** @throws LabError `missing.machine` */
    machines(names: readonly string[]): unknown;
  };

/** What is taken from a running machine until it is given back. */
const impairments: Readonly<Partial<Record<DeedKind, FaultAction>>> = {
  pause: { kind: 'pause' },
  partition: { kind: 'partition', from: 'all' },
};

/**
 * Does to machines what a person asks for on the page. Halt, cut and up are those of the command line. A pause or a partition is written
 * to the lab's ledger first and holds the lock of scenarios: no scenario counts on such a lab, it ends with the dashboard, and where
 * that was killed the next `lab` command undoes it.
 */
export class LabDeeds {
  readonly #lab: () => DeedLab;
  readonly #tell: (seen: Unstamped) => void;
  readonly #inForce: FaultRecord[] = [];
  #ledger: Ledger | undefined;
  #release: (() => Promise<void>) | undefined;
  #busy: string | undefined;
  #count = 0;

  /** @param lab as it is made of now */
  constructor(lab: () => DeedLab, tell: (seen: Unstamped) => void) {
    this.#lab = lab;
    this.#tell = tell;
  }

  /** @throws LabError `busy.dashboard` while another deed is done, and what the deed itself throws */
  async perform(machine: string, kind: DeedKind): Promise<void> {
    const lab = this.#lab();
    lab.machines([machine]);
    await this.#alone(`${words[kind]} ${machine}`, async () => {
      const action = impairments[kind];
      if (action !== undefined) return this.#impair(lab, machine, action);
      if (kind === 'resume') return this.#giveBack(lab, machine);
      if (this.#release === undefined) await refuseDuringScenario(lab.paths);
      // What was taken from it would be in force after its boot, or keep it from ending in order.
      await this.#giveBack(lab, machine);
      if (kind === 'up') await lab.up([machine]);
      else await injectFault({ lab, provider: lab.provider() }, machine, { kind: kind === 'halt' ? 'halt' : 'cut' });
    });
  }

  /** Gives everything back that is taken. */
  async end(): Promise<void> {
    const lab = this.#lab();
    for (const { machine } of [...this.#inForce]) await this.#giveBack(lab, machine);
  }

  async #alone(text: string, work: () => Promise<void>): Promise<void> {
    if (this.#busy !== undefined) {
      throw new LabError({
        code: 'busy.dashboard',
        cause: `this page is about to ${this.#busy}`,
        next: 'wait until that is done',
      });
    }
    this.#busy = text;
    this.#tell({ type: 'deed', data: { text: `asked for here: ${text}`, state: 'begun' } });
    try {
      await work();
      this.#tell({ type: 'deed', data: { text: `done: ${text}`, state: 'done' } });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#tell({ type: 'deed', data: { text: `not done: ${text}: ${why}`, state: 'failed' } });
      throw error;
    } finally {
      this.#busy = undefined;
    }
  }

  async #impair(lab: DeedLab, machine: string, action: FaultAction): Promise<void> {
    const provider = lab.provider();
    requireCapability(provider, action);
    this.#release ??= await takeScenarioLock(lab.paths, 'lab dashboard');
    this.#ledger ??= new Ledger(lab.paths);
    this.#count += 1;
    const name = faultName(machine, action);
    const record: FaultRecord = { id: `${this.#count}-${action.kind}-${machine}`, machine, action, name };
    try {
      await this.#ledger.add(record);
      this.#inForce.push(record);
      await injectFault({ lab, provider }, machine, action);
    } catch (error) {
      await this.#giveBack(lab, machine);
      throw error;
    }
  }

  /** What is taken from a machine, the last one first; and the lock, when nothing is taken from any. */
  async #giveBack(lab: DeedLab, machine: string): Promise<void> {
    for (const record of this.#inForce.filter((one) => one.machine === machine).reverse()) {
      await undoFault({ lab, provider: lab.provider() }, record, { alone: false });
      this.#inForce.splice(this.#inForce.indexOf(record), 1);
      await this.#ledger?.remove(record.id);
    }
    if (this.#inForce.length > 0) return;
    const release = this.#release;
    this.#release = undefined;
    this.#ledger = undefined;
    await release?.();
  }
}

const words: Readonly<Record<DeedKind, string>> = {
  halt: 'halt',
  cut: 'pull the cord of',
  pause: 'pause',
  partition: 'cut off the network',
  up: 'bring up',
  resume: 'give everything back to',
};
