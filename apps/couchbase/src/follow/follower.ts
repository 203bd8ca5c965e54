import { setTimeout as passed } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import type { Log } from '../server/log.ts';
import { BucketStream } from './bucket-stream.ts';
import { adoptBucket, changesOf, type FollowedState } from './followed-state.ts';
import { askState, type Origin } from './origin.ts';

/** How often the origin is asked for what is no document, and what failed is tried again, ms. */
const everyMs = 1000;

/** Where a follower keeps what it is told. */
interface Keeper {
  recordCluster(): void;
}

/** What a follower needs of its server. */
export interface FollowerContext {
  readonly cluster: Cluster;
  readonly log: Log;
  /** Writes what was recorded. */
  readonly commit: () => void;
  readonly keeper: Keeper | undefined;
}

/** What a follower tells of itself. */
export interface FollowerStatus {
  readonly following: boolean;
  readonly origin: string;
  /** Why it does not follow at the moment. */
  readonly problem?: string;
  readonly buckets: readonly { readonly name: string; readonly streaming: boolean; readonly behind: number }[];
}

/** Keeps this server as another one is: its cluster by asking every second, each bucket's documents by its stream of changes. */
export class Follower {
  readonly #cluster: Cluster;
  readonly #origin: Origin;
  readonly #log: Log;
  readonly #commit: () => void;
  readonly #keeper: Keeper | undefined;
  readonly #streams = new Map<string, BucketStream>();
  readonly #stopped = new AbortController();
  #state: FollowedState | undefined;
  #adopted = '';
  #problem: string | undefined = 'it has not answered yet';
  #refreshing: Promise<void> | undefined;

  constructor(origin: Origin, context: FollowerContext) {
    this.#cluster = context.cluster;
    this.#origin = origin;
    this.#log = context.log;
    this.#commit = context.commit;
    this.#keeper = context.keeper;
    this.#cluster.isFollowing = true;
  }

  /** Follows until it is stopped or promoted. */
  async run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await this.#refresh();
      for (const bucket of this.#problem === undefined ? this.#cluster.buckets : []) this.#follow(bucket.uuid);
      await passed(everyMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  /** How far the following is, by what the origin said at its last answer: `behind` counts changes, of each bucket. */
  get status(): FollowerStatus {
    const { host, port } = this.#origin;
    const known = new Map(this.#state?.buckets.map(({ uuid, changes }) => [uuid, changes]));
    return {
      following: this.#cluster.isFollowing,
      origin: `${host}:${port}`,
      ...(this.#problem !== undefined && this.#cluster.isFollowing && { problem: this.#problem }),
      buckets: this.#cluster.buckets.map((bucket) => ({
        name: bucket.name,
        streaming: this.#streams.get(bucket.uuid)?.isStreaming === true,
        behind: Math.max(0, (known.get(bucket.uuid) ?? 0) - changesOf(bucket)),
      })),
    };
  }

  /**
   * This server is one of its own from now on: each vBucket begins another history where it is, and clients may come.
   * @returns why it cannot be
   */
  promote(): string | undefined {
    if (!this.#cluster.isFollowing) return 'this server does not follow any more';
    if (!this.#cluster.isInitialised)
      return 'this server has not heard of its origin yet: there is nothing to go on with';
    for (const bucket of this.#cluster.buckets) {
      const whole = this.#streams.get(bucket.uuid)?.wholeUpTo;
      this.#streams.get(bucket.uuid)?.stop('promoted');
      bucket.sequence.branch(whole);
      bucket.journal?.sequence(bucket.sequence.state);
    }
    this.#cluster.isFollowing = false;
    this.#cluster.promoted = true;
    this.#cluster.noteChange();
    this.stop();
    this.#log.info(`promoted: does not follow ${this.#origin.host}:${this.#origin.port} any more`);
    return undefined;
  }

  /** Ends the asking and every stream, for good. What was taken over stays. */
  stop(): void {
    this.#stopped.abort();
    for (const stream of this.#streams.values()) stream.stop('stopped');
    this.#streams.clear();
  }

  #follow(uuid: string): void {
    const bucket = this.#cluster.buckets.find((one) => one.uuid === uuid);
    const state = this.#state;
    if (bucket === undefined || state === undefined || this.#streams.has(uuid) || this.#stopped.signal.aborted) return;
    const { host, user, password } = this.#origin;
    const stream = new BucketStream(bucket, {
      host,
      kvPort: state.kvPort,
      user,
      password,
      commit: this.#commit,
      refresh: () => this.#refresh(),
    });
    this.#streams.set(uuid, stream);
    void stream.ended.then((reason) => {
      if (this.#streams.get(uuid) === stream) this.#streams.delete(uuid);
      if (!this.#stopped.signal.aborted) this.#log.warn(`stream of bucket ${bucket.name} ended: ${reason}`);
    });
  }

  /** Asks the origin; several that want it at once share the answer. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#ask().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #ask(): Promise<void> {
    let problem: string | undefined;
    try {
      const state = await askState(this.#origin);
      if (this.#stopped.signal.aborted) return;
      problem = this.#strangeness(state);
      if (problem === undefined) this.#adopt(state);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (problem !== this.#problem && !this.#stopped.signal.aborted) {
      const origin = `${this.#origin.host}:${this.#origin.port}`;
      if (problem === undefined) this.#log.info(`follows ${origin}`);
      else this.#log.warn(`cannot follow ${origin}: ${problem}; keeps what it has, and tries again`);
    }
    this.#problem = problem;
  }

  /** Why what answers is not to be followed: documents that belong to another cluster may not be lost to it. */
  #strangeness({ cluster }: FollowedState): string | undefined {
    if (cluster.administrator === undefined) return 'it is not set up';
    const isNew = !this.#cluster.isInitialised && this.#cluster.buckets.length === 0;
    return isNew || cluster.uuid === this.#cluster.uuid
      ? undefined
      : 'it is another cluster than this server belongs to';
  }

  #adopt(state: FollowedState): void {
    this.#state = state;
    const { cluster, buckets } = state;
    const text = JSON.stringify([
      { ...cluster, hostname: '' },
      buckets.map(({ uuid, collections, designs }) => [uuid, collections, designs]),
    ]);
    if (text === this.#adopted) return;
    this.#cluster.adopt(cluster);
    for (const followed of buckets) {
      const bucket = this.#cluster.buckets.find(({ uuid }) => uuid === followed.uuid);
      if (bucket !== undefined) adoptBucket(bucket, followed);
    }
    for (const [uuid, stream] of this.#streams)
      if (!cluster.buckets.some((bucket) => bucket.uuid === uuid))
        stream.stop('the origin has no such bucket any more');
    this.#keeper?.recordCluster();
    this.#commit();
    this.#adopted = text;
  }
}
