import type { GatewayAnswer } from '#platform/etcd/one-member.ts';
import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import type { ExecResult, MachineState, ProviderCapability } from '#provision/machines/machine-provider.ts';
import type { ClusterView } from '../record/cluster-view.ts';
import type { JournalLine } from '../record/journal-line.ts';

/** The lab as a scenario sees it. Conditions are awaited with `until`; nothing here waits for anything by itself. */
export interface LabUnderTest {
  readonly config: LabConfig;
  readonly capabilities: readonly ProviderCapability[];
  readonly machines: readonly MachineUnderTest[];
  /**
   * A machine by name or role: `core-02`, `machine running couchbase@1`, `engine leader`, `etcd leader`,
   * `any other` (than those under a fault, chosen by the run's order of names).
   * @throws LabError `missing.target`
   */
  machine(target: string): Promise<MachineUnderTest>;
  /** Creates or starts machines and waits until the cluster is ready, as `lab up` does. */
  up(names?: readonly string[]): Promise<void>;
  /** Throws a machine away, disk and all; `up` builds it anew. */
  destroyMachine(name: string): Promise<void>;
  readonly fleet: FleetUnderTest;
  readonly etcd: EtcdUnderTest;
  readonly docker: DockerUnderTest;
  readonly journal: JournalUnderTest;
  readonly page: PageUnderTest;
}

export interface MachineUnderTest {
  readonly name: string;
  readonly address: string;
  /** By the provider's word, now. */
  state(): Promise<MachineState>;
  /** As a child of the machine's PID 1; needs no network. */
  exec(argv: readonly string[]): Promise<ExecResult>;
}

export interface FleetUnderTest {
  /** The newest look at machines, units and discovery keys (at most 0.3 s old while fleet answers). */
  readonly view: ClusterView;
  /** Runs fleetctl as a reader types it; its output goes to the event log. @throws LabError `command.fleetctl` */
  fleetctl(...args: string[]): Promise<void>;
  /** The same, but an exit code other than 0 is an answer too. `tookMs` is the whole command. */
  tryFleetctl(...args: string[]): Promise<{ exitCode: number; output: string; tookMs: number }>;
  /** The machine a unit runs on, when it runs on exactly one. */
  runningOn(unit: string): string | undefined;
  /** Name of the machine whose fleet decides; undefined while none does. */
  engineLeader(): Promise<string | undefined>;
  /** Each of these units runs on exactly one machine; `.service` may be left out. */
  unitsRunning(units: readonly string[]): Condition;
  /** fleet counts the machine no more: its presence lease is over. */
  machineGone(machine: string): Condition;
  /** fleet counts the machine. */
  machinePresent(machine: string): Condition;
}

export interface EtcdUnderTest {
  /** Asks each running machine's member. */
  members(): Promise<EtcdMember[]>;
  /** Name of the machine whose member leads; undefined while none does, or nobody answers. */
  leader(): Promise<string | undefined>;
  /** `count` members healthy, default: as many as there are machines. */
  healthy(count?: number): Condition;
  /**
   * One read at one machine's member.
   * @param options.stale true: from the member's own copy (serializable), else linearizable
   * @returns how it ended: the value (undefined: no such key) or the error, and how long it took
   */
  get(machine: string, key: string, options?: { stale?: boolean; withinMs?: number }): Promise<EtcdAnswer>;
  /** @param options.ttlSeconds the key hangs on a lease of its own, which nobody renews */
  put(
    machine: string,
    key: string,
    value: string,
    options?: { withinMs?: number; ttlSeconds?: number },
  ): Promise<EtcdAnswer>;
  /**
   * Remaining seconds of the lease of a key (negative: overdue); undefined: no key, no lease. Only a leader knows them: without
   * one it is what was last heard of that lease less the time since. @throws LabError `timeout.etcd` when nothing was heard
   */
  leaseSeconds(machine: string, key: string): Promise<number | undefined>;
}

export interface EtcdMember {
  readonly machine: string;
  readonly id: string;
  readonly healthy: boolean;
  readonly leader: boolean;
}

/** The value of a key (undefined: there is no such key), or why one member did not tell it or take it. */
export type EtcdAnswer = GatewayAnswer<string | undefined>;

export interface DockerUnderTest {
  /** Names of running containers. */
  running(machine: string): Promise<string[]>;
}

export interface JournalUnderTest {
  /** Lines of these systemd units since the run began, from the disks of all machines, by time. */
  lines(units: readonly string[]): Promise<JournalLine[]>;
}

export interface PageUnderTest {
  /** Pages on at least `count` machines got a message with rows since `sinceMs` of the run. */
  showsRows(count: number, sinceMs?: number): Condition;
  /** The page on this machine got a message with rows since then. */
  showsRowsOn(machine: string, sinceMs: number): Condition;
  /** The newest row changed since then: the page is fed, not served from memory. */
  changes(sinceMs: number): Condition;
  /** Documents in the bucket, asked of Couchbase itself; undefined when it does not answer. */
  documents(): Promise<number | undefined>;
  /** A real browser's picture of the page, into the run's directory. Undefined when there is no browser or no answer. */
  screenshot(machine: string, name: string): Promise<string | undefined>;
}
