import { LabError } from '#errors/lab-error.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import type { EventLog } from '../record/event-log.ts';
import type { ActiveFault, FaultAction, FaultKit } from '../record/fault-record.ts';
import { faultName } from './fault-name.ts';
import { injectFault, requireCapability } from './inject-fault.ts';
import { Ledger } from './ledger.ts';
import { type HasStretch, undoFault } from './undo-fault.ts';

export interface FaultParts {
  readonly provider: MachineProvider;
  readonly lab: Pick<Lab, 'halt' | 'cut' | 'up' | 'paths'> & HasStretch;
  readonly log: EventLog;
  /** A machine's name from a name or role. */
  readonly resolve: (target: string) => Promise<string>;
  /** No fault is injected any more once it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * The faults of one run: each is written down before it is done, logged, and undone once, the last one first; also one
 * whose injection failed half way. A fault that could not be undone stays in the ledger for the next `lab` command.
 */
export function createFaultKit(parts: FaultParts): FaultKit {
  const faults = new RunFaults(parts);
  const inject: FaultKit['inject'] = (target, action) => faults.inject(target, action);
  return {
    inject,
    halt: (target) => inject(target, { kind: 'halt' }),
    cut: (target) => inject(target, { kind: 'cut' }),
    reboot: (target) => inject(target, { kind: 'reboot' }),
    pause: (target) => inject(target, { kind: 'pause' }),
    partition: (target, options = {}) => inject(target, { kind: 'partition', from: options.from ?? 'all' }),
    packetLoss: (target, { percent }) => inject(target, { kind: 'packet-loss', percent }),
    slowCpu: (target, { cpus }) => inject(target, { kind: 'slow-cpu', cpus }),
    slowDisk: (target, { bytesPerSecond }) => inject(target, { kind: 'slow-disk', bytesPerSecond }),
    fullDisk: (target) => inject(target, { kind: 'full-disk' }),
    kill: (target, unit) => inject(target, { kind: 'kill', unit }),
    killContainer: (target, container) => inject(target, { kind: 'kill-container', container }),
    stopUnit: (target, unit) => inject(target, { kind: 'stop-unit', unit }),
    loseEngineLeader: () => inject('engine leader', { kind: 'kill', unit: 'fleet.service' }),
    loseEtcdLeader: () => inject('etcd leader', { kind: 'kill', unit: 'etcd.service' }),
    undoAll: () => faults.undoAll(),
    active: faults.active,
  };
}

class RunFaults {
  readonly active: ActiveFault[] = [];
  readonly #parts: FaultParts;
  readonly #ledger: Ledger;
  readonly #toWaitFor = new Set<string>();
  #count = 0;

  constructor(parts: FaultParts) {
    this.#parts = parts;
    this.#ledger = new Ledger(parts.lab.paths);
  }

  async inject(target: string, wanted: FaultAction): Promise<ActiveFault> {
    const { log, lab, provider, resolve, signal } = this.#parts;
    if (signal.aborted) throw interrupted();
    requireCapability(provider, wanted);
    const machine = await resolve(target);
    const action = await withPeers(wanted, resolve);
    this.#count += 1;
    const id = `${this.#count}-${action.kind}-${machine}`;
    const record = { id, machine, action, name: faultName(machine, action) };
    await this.#ledger.add(record);
    const data = { ...record, kind: action.kind };
    const { atMs: fromMs } = log.add({ type: 'fault', data });
    const injected = injectFault({ lab, provider }, machine, action);
    let undoing: Promise<void> | undefined;
    const undo = (): Promise<void> => (undoing ??= this.#undo(fault, injected));
    const fault = { ...record, asked: wanted, fromMs, doneMs: fromMs, undo };
    this.active.push(fault);
    await injected;
    fault.doneMs = log.add({ type: 'fault-done', data }).atMs;
    return fault;
  }

  /** @param injected settles when the injection has ended, well or not */
  async #undo(fault: ActiveFault, injected: Promise<void>): Promise<void> {
    const { log, lab, provider } = this.#parts;
    const { id, machine, action, name } = fault;
    // Ctrl-C comes at any time: what is being injected is undone when that has ended.
    const failed = await injected.then(
      () => false,
      () => true,
    );
    this.active.splice(this.active.indexOf(fault), 1);
    const record = { id, machine, action, name };
    const data = { ...record, kind: action.kind };
    log.add({ type: 'fault-undo', data });
    const alone = this.active.length === 0 && this.#toWaitFor.size === 0;
    // A kill that failed killed nothing: there is nothing whose return to wait for.
    const end = failed && action.kind === 'kill' ? 'done' : await undoFault({ lab, provider }, record, { alone });
    if (end === 'wait-for-cluster') this.#toWaitFor.add(machine);
    await this.#ledger.remove(id);
    log.add({ type: 'fault-undone', data });
  }

  async undoAll(): Promise<void> {
    const { log, lab } = this.#parts;
    const failures: unknown[] = [];
    const attempt = (what: string, work: () => Promise<unknown>) =>
      work().catch((error: unknown) => {
        failures.push(error);
        const message = `not undone: ${what}: ${error instanceof Error ? error.message : String(error)}`;
        log.add({ type: 'error', data: { message } });
      });
    // Those in force now, and no later ones: after this there are none.
    for (const fault of [...this.active].reverse()) await attempt(fault.name, () => fault.undo());
    const machines = [...this.#toWaitFor];
    this.#toWaitFor.clear();
    if (machines.length > 0) await attempt(`${machines.join(', ')} up again`, () => lab.up(machines));
    if (failures.length > 0) throw failures[0];
  }
}

/** The other side of a partition may be named by roles too. */
async function withPeers(action: FaultAction, resolve: FaultParts['resolve']): Promise<FaultAction> {
  if (action.kind !== 'partition' || action.from === 'all') return action;
  return { kind: 'partition', from: await Promise.all(action.from.map(resolve)) };
}

function interrupted(): LabError {
  return new LabError({ code: 'interrupted.run', cause: 'the run was interrupted', next: 'lab status' });
}
