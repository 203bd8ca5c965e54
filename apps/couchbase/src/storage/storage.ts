import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from '../bucket/bucket.ts';
import type { Cluster, ClusterState } from '../cluster/cluster.ts';
import { BucketStorage } from './bucket-storage.ts';
import { takeDataDirectory } from './directory.ts';
import { Journal, type JournalContext } from './journal.ts';
import { writeJson, smallRecordBytes } from './records.ts';

/** Bytes of the cluster's journal after which it is begun anew. */
const clusterBytes = 4 * 1024 * 1024;

/** The data directory of a server: the cluster's journal in `cluster/`, a bucket's in `buckets/UUID/`. */
export class Storage {
  readonly #directory: string;
  readonly #release: () => void;
  #closed = false;
  readonly #context: JournalContext;
  readonly #cluster: Cluster;
  readonly #buckets = new Map<Bucket, BucketStorage>();
  readonly #journal: Journal;
  /** The cluster as it was recorded last. */
  #recorded = '';

  /**
   * Fills a new cluster with what the directory has, and records what becomes of it from now on.
   * @throws LabError as of takeDataDirectory and Journal.open
   */
  constructor(directory: string, cluster: Cluster, context: Omit<JournalContext, 'bootId'>) {
    this.#release = takeDataDirectory(directory);
    this.#directory = directory;
    this.#cluster = cluster;
    this.#context = { ...context, bootId: bootId() };
    cluster.onBucketMade((bucket) => this.#open(bucket));
    cluster.onBucketRemoved((bucket) => this.#remove(bucket));
    let state: ClusterState | undefined;
    const nothing = (): void => undefined;
    const json = (value: unknown): void => void (state = (value as { cluster: ClusterState }).cluster);
    this.#journal = Journal.open(join(directory, 'cluster'), { document: nothing, cas: nothing, json }, this.#context);
    this.#removeOrphans(new Set(state?.buckets.map(({ uuid }) => uuid)));
    if (state !== undefined) cluster.restore(state);
    this.require();
    this.recordCluster();
    this.commit();
  }

  /** Writes what was recorded. Nobody may be told of anything before. */
  commit(): void {
    this.#journal.commit();
    for (const bucket of this.#buckets.values()) bucket.journal.commit();
  }

  /** @throws LabError `state.disk-full` when no change of the cluster's settings could be recorded */
  require(): void {
    // What a request may add: a user with many roles, a bucket.
    this.#journal.require(2 * this.#recorded.length + 16 * 1024);
  }

  /** Records the cluster, if it has changed. */
  recordCluster(): void {
    const text = JSON.stringify({ cluster: this.#cluster.state });
    if (text === this.#recorded) return;
    this.#recorded = text;
    const json = Buffer.from(text);
    writeJson(this.#journal.record(json.length + smallRecordBytes), json);
    this.commit();
  }

  /** Resolves when all that was recorded up to now is on the disk. */
  async persisted(): Promise<void> {
    this.commit();
    await Promise.all([this.#journal, ...this.#journals()].map((journal) => journal.persisted()));
  }

  /** Once a second. */
  tick(): void {
    this.commit();
    for (const bucket of this.#buckets.values()) void bucket.tick();
    if (this.#journal.bytes > clusterBytes + 2 * this.#recorded.length || this.#journal.files > 16)
      void this.#compact();
  }

  /** Everything is on the disk when this returns. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const journal of [this.#journal, ...this.#journals()]) journal.close();
    this.#release();
  }

  #compact(): Promise<boolean> {
    return this.#journal.compact((into) => {
      const json = Buffer.from(this.#recorded);
      writeJson(into.record(json.length + smallRecordBytes), json);
      return Promise.resolve();
    });
  }

  #journals(): Journal[] {
    return [...this.#buckets.values()].map(({ journal }) => journal);
  }

  #open(bucket: Bucket): void {
    this.#buckets.set(bucket, BucketStorage.open(bucket, this.#directoryOf(bucket.uuid), this.#context));
  }

  #remove(bucket: Bucket): void {
    this.#buckets.get(bucket)?.journal.abandon();
    this.#buckets.delete(bucket);
    bucket.journal = undefined;
    // First that it is gone, then what it had: else a bucket would come back empty.
    this.recordCluster();
    rmSync(this.#directoryOf(bucket.uuid), { recursive: true, force: true });
  }

  #directoryOf(uuid: string): string {
    return join(this.#directory, 'buckets', uuid);
  }

  /** What is left of buckets whose making, or deletion, was broken off by the end of the process. */
  #removeOrphans(known: ReadonlySet<string>): void {
    const directory = join(this.#directory, 'buckets');
    for (const uuid of namesIn(directory)) if (!known.has(uuid)) rmSync(join(directory, uuid), { recursive: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Tells one uptime of the host from the next. Source: random(4). */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
