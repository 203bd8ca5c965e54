import type { Command, Result } from './replica.ts';

/** A member, as far as agreeing goes. */
export interface Peer {
  readonly host: string;
  /** Neither down nor standing still. */
  isRunning(): boolean;
  /** Commands of the log that it has applied. */
  applied(): number;
  /** Applies the log as far as this many commands. */
  applyTo(count: number): void;
  /** How long its disk takes for a write, ms. */
  diskMs(): number;
  /** It has heard of no leader for so long that etcd ends the watches through it. */
  onLeaderless(): void;
}

export interface Proposal {
  readonly command: Command;
  /** Whose request it is; `etcd` itself revokes leases. */
  readonly author: string;
  readonly origin: Peer;
  /** Called when the member that was asked has applied it. */
  readonly onApplied: (result: Result) => void;
}
