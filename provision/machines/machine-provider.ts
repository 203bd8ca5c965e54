import type { HypervisorName, ProviderName } from '../config/lab-config.ts';

/** What the lab asks of whatever runs its machines. A scenario cannot tell providers apart except by `capabilities`. */
export interface MachineProvider {
  readonly name: ProviderName;
  readonly capabilities: readonly ProviderCapability[];
  /** What it needs of the host beyond what every lab does. */
  readonly needs: ProviderNeeds;
  /** For machines that a person's own `vagrant up` may boot; undefined where only the lab boots them. */
  readonly bootedByOthers: BootedByOthers | undefined;
  /** What a virtual machine's Ignition config has to say; undefined for a container. @throws LabError `missing.machine` */
  guestOf(machine: string): GuestIdentity | undefined;
  /**
   * Looks, before anything is made, for what would keep these machines from booting.
   * @throws LabError `busy.port`, `state.old-disk`
   */
  preflight(machines: readonly string[]): Promise<void>;
  /** Makes the ground the machines stand on (network, registry, artifact server), and notes there what runs them. Idempotent. */
  prepare(images: MachineImages): Promise<void>;
  /** What runs at the moment, by the word of the supervisor or the hypervisor: no machine is asked. */
  status(): Promise<ProviderStatus>;
  /** Puts a machine's Ignition config where its first boot finds it. No-op when it has a disk: it is read only once. */
  offerIgnition(machine: string, ignition: string): Promise<void>;
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
  /** Undefined where its machines' disks cannot be copied. */
  readonly copies: DiskCopies | undefined;
  /** Ends the ground and what stands on it: processes, link, mounts, cgroups. Disks stay; `prepare` makes it again. */
  endGround(): Promise<void>;
  /** Removes everything of the lab from the host, whatever state it is in. */
  destroy(): Promise<void>;
}

/** What keeps the disks of a lab's machines as they are at one instant. */
export interface DiskCopies {
  /**
   * What of the lab's state directory a snapshot brings back, as paths in it: the machines' disks, what was pushed to the registry, and
   * whatever else fits these disks alone. The first has the disks, and every snapshot has it.
   */
  readonly kept: readonly string[];
  /**
   * Copies every machine's disk, and what else is `kept`, as they are at one instant. Machines that run stand still meanwhile.
   * @param to a directory that is there, and empty
   * @returns ms for which they stood still
   * @throws LabError `state.machine` while one starts or stops
   */
  copyDisks(to: string): Promise<number>;
  /**
   * Makes what is to come in the place of `kept` from what `copyDisks` made, which stays as it is.
   * @param to a directory of the lab's state directory
   */
  copyBack(from: string, to: string): Promise<void>;
  /** What the copies of the disks as they are now would take of the host's disk, bytes. */
  diskBytes(): Promise<number>;
}

export interface ProviderNeeds {
  /** Its machines are made from the OS image as a box of this kind; undefined: from its root directory. */
  readonly box: HypervisorName | undefined;
}

export interface BootedByOthers {
  /** Machines exist: what they are made from is whole. */
  markComplete(): Promise<void>;
  /** For a lab without machines: removes what an interrupted boot left that is no machine yet. */
  dropInterrupted(): Promise<void>;
}

export interface GuestIdentity {
  /** MAC address of its interface on the lab's bridge, by which its first boot finds it: `52:54:00:12:34:01`. */
  readonly lanMac: string;
}

/** What machines and services run from, by absolute paths of the host. */
export interface MachineImages {
  /** Storage directory of the container image registry; undefined on a bare lab. */
  readonly registryStorage: string | undefined;
  /** Root directory of the OS image that a machine is made from. */
  readonly osRootOf: (machine: string) => string;
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
