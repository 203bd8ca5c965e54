import { randomBytes } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import {
  createCredentials,
  credentialsFrom,
  kept,
  type Credentials,
  type KeptCredentials,
} from '../auth/credentials.ts';
import { Users, type KeptUsers } from '../auth/users.ts';
import type { BucketSettings } from '../bucket/bucket-settings.ts';
import { Bucket } from '../bucket/bucket.ts';
import { bucketLimits } from '../bucket/limits.ts';
import { Quota } from '../bucket/quota.ts';
import { initialSettings, type ClusterSettings } from './cluster-settings.ts';
import { generations, type Generation } from './generation.ts';

/** Port numbers a client needs. */
export interface Ports {
  readonly kv: number;
  readonly mgmt: number;
  readonly capi: number;
}

export type Service = 'kv' | 'index' | 'n1ql';

/** The memory quota a node has before anybody sets one, MiB. */
const defaultMemoryQuotaMb = 256;

const allInterfaces: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The cluster as it is kept on a disk, its buckets' documents, collections and design documents apart. */
export interface ClusterState {
  readonly uuid: string;
  readonly epoch: number;
  readonly changes: number;
  readonly hostname: string;
  readonly memoryQuotaMb: number;
  readonly settings: ClusterSettings;
  readonly services: readonly Service[];
  readonly administrator?: KeptCredentials;
  readonly users: KeptUsers;
  /** The server followed another one and was promoted: it does not follow again by itself. */
  readonly promoted?: boolean;
  readonly buckets: readonly { readonly name: string; readonly uuid: string; readonly settings: BucketSettings }[];
}

/** All state of the single-node cluster. Callers check input first (see checks.ts); this only keeps it. */
export class Cluster {
  #uuid: string = randomBytes(16).toString('hex');
  /** Of the cluster map: the start of the server, so that its map is newer than those that clients still hold. */
  #epoch: number;
  readonly startedAtMs: number;
  readonly nowMs: () => number;
  readonly generation: Generation;
  readonly users: Users;
  /** Host name or address by which the node is known in its cluster. */
  hostname: string;
  /** Set once the listeners are up. */
  ports: Ports = { kv: 0, mgmt: 0, capi: 0 };
  memoryQuotaMb = defaultMemoryQuotaMb;
  readonly settings: ClusterSettings = initialSettings();
  services: readonly Service[] = ['kv'];
  /** The server follows another one: its buckets are not there for clients, and nothing in them changes by itself. */
  isFollowing = false;
  promoted = false;
  #administrator: Credentials | undefined;
  readonly #byName = new Map<string, Bucket>();
  readonly #arrivalListeners = new Set<(bucket: Bucket) => void>();
  readonly #removalListeners = new Set<(bucket: Bucket) => void>();
  readonly #changeListeners = new Set<() => void>();
  readonly #warmupMs: number;
  readonly #memory: Quota;
  #changes = 1;

  /**
   * @param warmupMs how long each new bucket pretends to load
   * @param bind address that the listeners are bound to: the node's first name, unless it is that of all interfaces
   * @param heapBytes V8's heap, of which documents may have their share
   */
  constructor(args: {
    nowMs: () => number;
    warmupMs: number;
    generation?: Generation;
    bind?: string;
    heapBytes?: number;
  }) {
    const { heapBytes = getHeapStatistics().heap_size_limit } = args;
    this.#memory = new Quota(heapBytes * bucketLimits.heapShare);
    this.nowMs = args.nowMs;
    this.generation = args.generation ?? generations['7.6'];
    this.hostname = args.bind === undefined || allInterfaces.has(args.bind) ? '127.0.0.1' : args.bind;
    this.users = new Users(args.nowMs);
    this.startedAtMs = args.nowMs();
    this.#epoch = Math.max(1, Math.floor(this.startedAtMs));
    this.#warmupMs = args.warmupMs;
  }

  /** 32 hexadecimal digits: its own, or those of the server that it follows or followed. */
  get uuid(): string {
    return this.#uuid;
  }

  /** First part of the cluster map's number, before `revision`; after a restart it is a higher one. */
  get epoch(): number {
    return this.#epoch;
  }

  /** All of it, as it is kept. */
  get state(): ClusterState {
    const { uuid, epoch, hostname, memoryQuotaMb, settings, services, users, promoted } = this;
    return {
      uuid,
      epoch,
      changes: this.#changes,
      hostname,
      memoryQuotaMb,
      settings,
      services,
      ...(this.#administrator !== undefined && { administrator: kept(this.#administrator) }),
      users: users.state,
      ...(promoted && { promoted }),
      buckets: this.buckets.map((bucket) => ({ name: bucket.name, uuid: bucket.uuid, settings: bucket.settings })),
    };
  }

  /** Makes this the cluster that was kept, with its buckets, which are empty. The map is a newer one than any before, whatever the clock says. */
  restore(state: ClusterState): void {
    this.#uuid = state.uuid;
    this.#epoch = Math.max(this.#epoch, state.epoch + 1);
    this.#changes = state.changes;
    this.hostname = state.hostname;
    this.memoryQuotaMb = state.memoryQuotaMb;
    Object.assign(this.settings, state.settings);
    this.services = state.services;
    this.promoted = state.promoted === true;
    if (state.administrator !== undefined) this.#administrator = credentialsFrom(state.administrator);
    this.users.restore(state.users);
    for (const { name, uuid, settings } of state.buckets) this.#add(name, settings, uuid);
  }

  /**
   * Makes this the cluster of another server, but for the node's name and the documents: buckets that are new come, others that are gone go.
   * @param state of the other server
   */
  adopt(state: ClusterState): void {
    this.#uuid = state.uuid;
    this.memoryQuotaMb = state.memoryQuotaMb;
    Object.assign(this.settings, state.settings);
    this.services = state.services;
    if (state.administrator !== undefined) this.#administrator = credentialsFrom(state.administrator);
    this.users.replace(state.users);
    const wanted = new Map(state.buckets.map((bucket) => [bucket.uuid, bucket]));
    for (const bucket of this.buckets) if (!wanted.has(bucket.uuid)) this.deleteBucket(bucket);
    for (const { name, uuid, settings } of state.buckets) {
      const bucket = this.bucket(name);
      if (bucket === undefined) this.#add(name, settings, uuid);
      else bucket.settings = settings;
    }
    this.noteChange();
  }

  /** Undefined until the cluster is initialised; everything is open to everybody till then, as on the real server. */
  get credentials(): Credentials | undefined {
    return this.#administrator;
  }

  /** Whether it has an administrator. */
  get isInitialised(): boolean {
    return this.#administrator !== undefined;
  }

  /** Number of the cluster map; grows with every change of buckets. */
  get revision(): number {
    return this.#changes;
  }

  /** Initialises the cluster, or changes who administers it. Takes some milliseconds: the password is hashed. */
  setAdministrator(user: string, password: string): void {
    this.#administrator = createCredentials(user, password);
  }

  /** In the order in which they were made. */
  get buckets(): readonly Bucket[] {
    return [...this.#byName.values()];
  }

  /** The bucket of that name; undefined when there is none. */
  bucket(name: string): Bucket | undefined {
    return this.#byName.get(name);
  }

  /** Makes an empty bucket under a name that is free. @throws what a listener of `onBucketMade` does; there is no bucket then */
  createBucket(name: string, settings: BucketSettings): Bucket {
    const bucket = this.#add(name, settings);
    this.noteChange();
    return bucket;
  }

  #add(name: string, settings: BucketSettings, uuid?: string): Bucket {
    const { nowMs } = this;
    const bucket = new Bucket({
      name,
      settings,
      nowMs,
      warmupMs: this.#warmupMs,
      memory: this.#memory,
      isFollowing: () => this.isFollowing,
      ...(uuid !== undefined && { uuid }),
    });
    for (const listener of this.#arrivalListeners) listener(bucket);
    this.#byName.set(name, bucket);
    return bucket;
  }

  /** Takes a bucket out, tells the listeners of `onBucketRemoved`, and empties it, which is not recorded. */
  deleteBucket(bucket: Bucket): void {
    this.#byName.delete(bucket.name);
    this.noteChange();
    for (const listener of this.#removalListeners) listener(bucket);
    bucket.empty();
  }

  /** The cluster map is another one now: its revision grows, and who follows it hears of it. */
  noteChange(): void {
    this.#changes += 1;
    for (const listener of this.#changeListeners) listener();
  }

  /** The listener hears of every change of the cluster map. @returns ends it */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** The listener hears of a bucket before anybody else does. What it throws refuses the bucket. */
  onBucketMade(listener: (bucket: Bucket) => void): void {
    this.#arrivalListeners.add(listener);
  }

  /** Connections of a deleted bucket have to be dropped: the listener does that. */
  onBucketRemoved(listener: (bucket: Bucket) => void): void {
    this.#removalListeners.add(listener);
  }

  /** Once a second. @param connections key-value connections */
  tick(connections: number): void {
    for (const bucket of this.buckets) bucket.tick(this.nowMs(), connections);
  }
}
