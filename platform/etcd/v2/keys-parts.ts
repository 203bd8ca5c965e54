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
}

export interface Limits {
  /** Bytes of a request's body. */
  readonly body: number;
  /** Open watches. */
  readonly watches: number;
  /** Parts of a key's path: each costs conditions of a transaction, of which etcd takes 128. */
  readonly depth: number;
}
