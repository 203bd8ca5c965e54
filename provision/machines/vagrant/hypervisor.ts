import type { HypervisorName } from '../../config/lab-config.ts';
import type { DiskCopies, ExecResult, Impairment, MachineState } from '../machine-provider.ts';

/** What runs the guests that Vagrant makes; named as Vagrant names its provider. */
export interface Hypervisor {
  readonly name: HypervisorName;
  /** What it can take from a running guest. */
  readonly impairments: readonly Impairment['kind'][];
  /** Paths outside the lab's directories that its processes leave behind; removed with the lab. */
  readonly debris: readonly string[];
  /** Undefined where its guests' disks cannot be copied. */
  readonly copies: DiskCopies | undefined;
  /** Makes it ready for guests. The lab's ground is there. Idempotent. */
  prepare(): Promise<void>;
  /** Every guest that exists, by machine. Rejects when the hypervisor does not answer. */
  states(): Promise<ReadonlyMap<string, GuestState>>;
  /** Whether the guest exists, told without asking the hypervisor: the lab may be down. */
  isDefined(machine: string): boolean;
  /** What Vagrant knows a guest by, where that is known beforehand. @throws LabError `missing.machine` */
  vagrantId(machine: string): string | undefined;
  /** Removes what an interrupted `vagrant up` left that is no guest yet. For a lab without guests. */
  dropInterrupted(): Promise<void>;
  /** A `vagrant up` came to its end, or a guest exists: what guests are made from is whole. */
  markComplete(): Promise<void>;
  /** Puts a machine's whole Ignition config where its first boot will get it from. */
  offerConfig(machine: string, ignition: string): Promise<void>;
  /** Presses the power button of a running guest. */
  pressPowerButton(machine: string): Promise<void>;
  /** Ends a running guest at once, without a word to it. */
  pullCord(machine: string): Promise<void>;
  /** A guest that stands still goes on. */
  resume(machine: string): Promise<void>;
  /** Where a running guest's SSH server is. @throws LabError `state.machine` while it has no address */
  sshPlace(machine: string): Promise<SshPlace>;
  /**
   * Takes something from a running guest.
   * @param inGuest runs what only the guest itself can do
   * @throws LabError `state.capability` for what it cannot take
   */
  impair(machine: string, impairment: Impairment, inGuest: InGuest): Promise<void>;
  /** @param gone the guest does not run any more, and what only it held went with it */
  lift(machine: string, impairment: Impairment, inGuest: InGuest, gone: boolean): Promise<void>;
}

/** As `virsh list` words them, or `other` (crashed, dying, saved, ...). */
export type GuestState = 'running' | 'paused' | 'shut off' | 'in shutdown' | 'other';

/** A command as root in the guest. */
export type InGuest = (argv: readonly string[]) => Promise<ExecResult>;

export interface SshPlace {
  readonly address: string;
  readonly port: number;
  /** Whether that address is one of the lab's network namespace, or of the host's. */
  readonly network: 'lab' | 'host';
}

/** A paused guest is there, and hears nothing: for the lab it runs. */
export function machineState(guest: GuestState | undefined): MachineState {
  switch (guest) {
    case undefined:
      return 'absent';
    case 'running':
    case 'paused':
      return 'running';
    case 'in shutdown':
      return 'stopping';
    case 'shut off':
    case 'other':
      return 'stopped';
  }
}
