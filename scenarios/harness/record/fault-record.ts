import type { Impairment } from '#provision/machines/machine-provider.ts';

/** What was done to which machine, as a value: any later `lab` command can undo it from this alone. */
export type FaultAction =
  | { readonly kind: 'halt' | 'cut' | 'reboot' }
  | Impairment
  /** A process got SIGKILL: the main process of a systemd unit of the machine, or a container. systemd restarts it. */
  | { readonly kind: 'kill'; readonly unit: string }
  | { readonly kind: 'kill-container'; readonly container: string }
  /** `systemctl stop` on the machine, past fleet. */
  | { readonly kind: 'stop-unit'; readonly unit: string };

export type FaultKind = FaultAction['kind'];

/** One fault in the ledger and in a run's `fault` events. */
export interface FaultRecord {
  /** Unique within a run: `1-cut-core-02`. */
  readonly id: string;
  readonly machine: string;
  readonly action: FaultAction;
  /** As a person says it: `cut core-02`, `drop 30 % of packets to core-01`. */
  readonly name: string;
}

/** A fault that is in force. */
export interface ActiveFault extends FaultRecord {
  /** The very value that was asked for; `action` names machines where this may name roles. */
  readonly asked: FaultAction;
  /** ms since the run began: when it was begun, and when the command had returned. */
  readonly fromMs: number;
  readonly doneMs: number;
  /** Undoes it now instead of at the end; a second call does nothing. */
  undo(): Promise<void>;
}

/** The faults a scenario can inject; `target` is a machine's name or a role (see targets.ts). All are undone at the end. */
export interface FaultKit {
  /** Orderly shutdown. Resolves when the machine is down. */
  halt(target: string): Promise<ActiveFault>;
  /** Pulls the cord: peers see silence. Resolves when the machine is down. */
  cut(target: string): Promise<ActiveFault>;
  /** The machine's own reboot. Resolves when it is asked for. */
  reboot(target: string): Promise<ActiveFault>;
  /** Every process of the machine stands still; its network link stays. */
  pause(target: string): Promise<ActiveFault>;
  /** From all others, or from these only. */
  partition(target: string, options?: { from?: readonly string[] }): Promise<ActiveFault>;
  /** Drops a share of the packets that come in. @param options.percent 0 to 100 */
  packetLoss(target: string, options: { percent: number }): Promise<ActiveFault>;
  /** Limits the machine's CPU time. @param options.cpus in CPUs, 0.1 for a tenth of one */
  slowCpu(target: string, options: { cpus: number }): Promise<ActiveFault>;
  /** Limits what the machine reads and writes of its disk. */
  slowDisk(target: string, options: { bytesPerSecond: number }): Promise<ActiveFault>;
  /** Leaves no free byte on the machine's disk. */
  fullDisk(target: string): Promise<ActiveFault>;
  /** SIGKILL for the main process of a systemd unit: `etcd`, `docker`, `fleet`, `flanneld`. */
  kill(target: string, unit: string): Promise<ActiveFault>;
  /** SIGKILL for a container, by its name; its unit starts it again if it says so. */
  killContainer(target: string, container: string): Promise<ActiveFault>;
  /** `systemctl stop` on the machine, past fleet, which still wants the unit. */
  stopUnit(target: string, unit: string): Promise<ActiveFault>;
  /** SIGKILL for fleet on the machine that leads the engine. */
  loseEngineLeader(): Promise<ActiveFault>;
  /** SIGKILL for etcd on the machine that leads it. */
  loseEtcdLeader(): Promise<ActiveFault>;
  /**
   * By value, for planned faults.
   * @throws LabError, as all above: `unbuilt.fault` where the provider has no such fault, `missing.target`, `interrupted.run`
   */
  inject(target: string, action: FaultAction): Promise<ActiveFault>;
  /** Undoes what is in force, the last first, and waits for machines that were away. @throws the first failure, when all was tried */
  undoAll(): Promise<void>;
  readonly active: readonly ActiveFault[];
}
