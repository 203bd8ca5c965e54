import type { BodyReader } from './body-reader.ts';
import type { CopyLimits } from './copied-reads.ts';
import type { InTurn } from './in-turn.ts';
import type { Member } from './member.ts';
import type { StoreStats } from './store-stats.ts';
import type { WatchHub } from './watch-hub.ts';

/** What answers to `/v2/keys` are made with: one of each in a process. */
export interface KeysParts {
  readonly member: Member;
  readonly hub: WatchHub;
  readonly stats: StoreStats;
  readonly turns: InTurn;
  readonly limits: Limits;
  readonly readBody: BodyReader;
}

export interface Limits {
  /** Bytes of a request's body. */
  readonly body: number;
  /** Bytes of all bodies that are being read. */
  readonly bodies: number;
  /** Open connections of one socket: who comes then is sent away. */
  readonly connections: number;
  /** Open watches. */
  readonly watches: number;
  /** Parts of a key's path: each costs conditions of a transaction, of which etcd takes 128. */
  readonly depth: number;
  /** Of the store, that many reads are answered from. */
  readonly copy: CopyLimits;
}
