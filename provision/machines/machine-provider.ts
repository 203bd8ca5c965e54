/** What the lab asks of whatever runs its machines. A scenario cannot tell providers apart except by `capabilities`. */
export interface MachineProvider {
  readonly name: 'nspawn' | 'vagrant';
  readonly capabilities: readonly ProviderCapability[];
  /** Makes the ground the machines stand on (network, registry, artifact server). Idempotent. */
  prepare(): Promise<void>;
  status(): Promise<ProviderStatus>;
  /** Creates the machine from its Ignition config if it has no disk yet, then boots it. No-op when it runs. */
  start(machine: string, ignition: string): Promise<void>;
  /** Resolves when the machine's systemd has finished booting: `running`, or `degraded` (some unit failed). */
  waitBooted(machine: string, deadlineMs: number): Promise<'running' | 'degraded'>;
  /** Orderly shutdown; after `deadlineMs` the cord is pulled. Returns how it ended. */
  halt(machine: string, deadlineMs: number): Promise<'halted' | 'cut'>;
  /** Pulls the cord: peers see silence, no process gets a signal it could handle. */
  cut(machine: string): Promise<void>;
  /** The machine's own orderly reboot; resolves when it is asked for, not when it is back (`waitBooted` says that). */
  reboot(machine: string): Promise<void>;
  /** Takes something from a running machine until it is lifted. Idempotent; of each kind one at a time. */
  impair(machine: string, impairment: Impairment): Promise<void>;
  /** Undoes an impairment. Idempotent, and no error when the machine does not run any more. */
  lift(machine: string, impairment: Impairment): Promise<void>;
  /** Runs a command as a child of the machine's own PID 1, inside its limits. Needs no network. */
  exec(machine: string, argv: readonly string[]): Promise<ExecResult>;
  /**
   * Runs journalctl(1) on a machine's journal, on its disk where the provider can read that while the machine is down.
   * @returns its output; empty when the journal cannot be read now
   */
  readJournal(machine: string, args: readonly string[]): Promise<string>;
  /** Throws one machine away, disk and all (ends it first if it runs); the rest of the lab stays. No-op without a disk. */
  destroyMachine(machine: string): Promise<void>;
  /** Removes everything of the lab from the host, whatever state it is in. */
  destroy(): Promise<void>;
}

export type ProviderCapability = 'halt' | 'cut' | 'reboot' | 'exec' | 'limits' | Impairment['kind'];

/** What can be taken from a running machine, as a value: it can be written down and lifted by another process. */
export type Impairment =
  /** Every process stands still; the network link stays. */
  | { readonly kind: 'pause' }
  /** No packet to or from `all` (then the host cannot reach it either), or to and from these machines. */
  | { readonly kind: 'partition'; readonly from: 'all' | readonly string[] }
  /** This share of incoming packets (0-100) is dropped. */
  | { readonly kind: 'packet-loss'; readonly percent: number }
  /** CPU time in CPUs, e.g. 0.1. */
  | { readonly kind: 'slow-cpu'; readonly cpus: number }
  | { readonly kind: 'slow-disk'; readonly bytesPerSecond: number }
  /** No free byte on the machine's disk. */
  | { readonly kind: 'full-disk' };

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type MachineState = 'absent' | 'stopped' | 'starting' | 'running' | 'stopping';

export interface MachineStatus {
  readonly name: string;
  readonly state: MachineState;
  /** Wall-clock ms of the last state change, when the provider knows it. */
  readonly since?: number;
  /** Why it is not running, when that was not asked for. */
  readonly note?: string;
}

export interface ProviderStatus {
  /** Is the ground there (supervisor alive)? When false every machine is `stopped` or `absent`. */
  readonly up: boolean;
  readonly machines: readonly MachineStatus[];
}
