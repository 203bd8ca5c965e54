import type { FleetFacts } from '../checkers/fleet-facts.ts';
import type { HistoryEvent } from '../history/event.ts';

/** What was seen of a lab while things were done to it, from every source there is. Times: ms since the recording began. */
export interface Recording {
  readonly facts: FleetFacts;
  /** By the wall clock that host and machines share, ms since the epoch. */
  readonly beganAt: number;
  readonly start: Start;
  readonly commits: readonly SeenCommit[];
  /** Of each machine, in the journal's order. */
  readonly journals: ReadonlyMap<string, readonly JournalEntry[]>;
  /** What the recorder itself did: faults, operations, calm, rest. */
  readonly deeds: readonly HistoryEvent[];
  readonly outages: readonly Outage[];
  readonly kills: readonly Kill[];
}

/** What was so when the recording began: no unit was there, and every daemon ran. */
export interface Start {
  /** fleet's keys. */
  readonly keys: ReadonlyMap<string, string>;
  readonly revision: number;
  /** Machine. */
  readonly etcdLeader: string | undefined;
}

/** One revision of etcd. */
export interface SeenCommit {
  readonly revision: number;
  /** When the first member told of it. */
  readonly seenAt: number;
  /** undefined: the key is gone. */
  readonly writes: readonly { readonly key: string; readonly after: string | undefined }[];
}

/** A line of a machine's journal: its systemd's, fleetd's or etcd's. */
export interface JournalEntry {
  readonly at: number;
  /** Another one: the machine has booted. */
  readonly boot: string;
  readonly unit: string;
  /** Who says it: the machine's systemd, or the unit's process. */
  readonly isOfSystemd: boolean;
  /** systemd's id of what kind of message it is; '' for none. */
  readonly messageId: string;
  readonly message: string;
  /** How a process ended, in systemd's words: `exited` or `killed`, and its status or signal. */
  readonly exit: { readonly code: string; readonly status: string } | undefined;
}

/** A machine that was halted or cut. */
export interface Outage {
  readonly machine: string;
  /** It was asked for, and nothing of the machine ran any more. */
  readonly from: number;
  readonly downAt: number;
}

/** A daemon that was killed by the recorder. */
export interface Kill {
  readonly machine: string;
  readonly unit: string;
  readonly from: number;
  readonly until: number;
}
