import { LabError } from '../../../errors/lab-error.ts';
import type { Lab } from '../../../provision/cluster/lab.ts';
import type { MachineProvider } from '../../../provision/machines/machine-provider.ts';
import type { EventLog } from '../event-log.ts';
import type { ActiveFault, FaultAction, FaultKit } from './fault-record.ts';
import { faultName, injectFault } from './inject-fault.ts';
import { Ledger } from './ledger.ts';
import { undoFault } from './undo-fault.ts';

export interface FaultGround {
  readonly provider: MachineProvider;
  readonly lab: Lab;
  readonly log: EventLog;
  /** A machine's name from a name or role. */
  readonly resolve: (target: string) => Promise<string>;
  /** No fault is injected any more once it is aborted. */
  readonly signal: AbortSignal;
}

/** The faults of one run: each is written down before it is done, logged, and undone once, the last one first. */
export function createFaultKit(ground: FaultGround): FaultKit {
  const { log, lab, provider } = ground;
  const ledger = new Ledger(lab);
  const active: ActiveFault[] = [];
  let count = 0;

  const inject = async (target: string, action: FaultAction): Promise<ActiveFault> => {
    if (ground.signal.aborted) throw interrupted();
    const machine = await ground.resolve(target);
    count += 1;
    const record = { id: `${count}-${action.kind}-${machine}`, machine, action, name: faultName(machine, action) };
    await ledger.add(record);
    const data = { id: record.id, kind: action.kind, machine, name: record.name, action };
    const { atMs: fromMs } = log.add('fault', data);
    let undoing: Promise<void> | undefined;
    const undo = async () => {
      active.splice(active.indexOf(fault), 1);
      log.add('fault-undo', data);
      await undoFault({ lab, provider }, record);
      await ledger.remove(record.id);
      log.add('fault-undone', data);
    };
    const fault = { ...record, fromMs, doneMs: fromMs, undo: () => (undoing ??= undo()) };
    active.push(fault);
    await injectFault({ lab, provider }, machine, action);
    fault.doneMs = log.add('fault-done', data).atMs;
    return fault;
  };

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
    undoAll: () => undoAll(active, log),
    active,
  };
}

/** @throws the first undo's error, after all the others were undone too */
async function undoAll(active: readonly ActiveFault[], log: EventLog): Promise<void> {
  const failures: unknown[] = [];
  for (let fault = active.at(-1); fault !== undefined; fault = active.at(-1)) {
    const { name } = fault;
    await fault.undo().catch((error: unknown) => {
      failures.push(error);
      log.add('error', { message: `not undone: ${name}: ${error instanceof Error ? error.message : String(error)}` });
    });
  }
  if (failures.length > 0) throw failures[0];
}

function interrupted(): LabError {
  return new LabError({ code: 'interrupted.run', cause: 'the run was interrupted', next: 'lab status' });
}
