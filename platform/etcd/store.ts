/**
 * The one view of etcd v3 that daemons, tools and apps share. Implementations: `openEtcd` (gRPC: the apps worker and web),
 * `gatewayStore` (JSON over HTTP, quick to start: fleetd, flanneld, etcdctl, and the lab on the host) and `memoryStore` (the fake
 * at this seam, same contract test).
 * Every request has a deadline; one that runs out rejects with a LabError `timeout.etcd`.
 */
export interface EtcdStore {
  /** One key, read linearisably (a minority member cannot answer). */
  get(key: string): Promise<KeyValue | undefined>;
  /** Every key that starts with `prefix` (a plain string prefix, no path rules), sorted by key. */
  list(prefix: string): Promise<Listing>;
  /**
   * What has come since a revision, read linearisably: names, no values. Who has a picture of that revision sees with `count`, too,
   * whether keys have gone.
   */
  changesSince(prefix: string, revision: number): Promise<Changes>;
  /** Writes one key. @param lease the key goes with it @throws LabError `state.etcd-lease` when there is no such lease */
  put(key: string, value: string, lease?: string): Promise<void>;
  /** Number of keys removed: 0 or 1. */
  delete(key: string): Promise<number>;
  /** Removes every key that starts with `prefix`. @returns how many */
  deletePrefix(prefix: string): Promise<number>;
  /**
   * All guards hold -> all writes happen, atomically; undefined = some guard did not hold and nothing was written.
   * (With no writes at all etcd answers from the member's own copy, which may be old.)
   * @returns the store's revision then: that of every key that was put
   */
  transact(guards: readonly Guard[], writes: readonly Write[]): Promise<number | undefined>;
  /**
   * A lease that renews itself every ttl/4 until abandoned, revoked or lost.
   * @param ttlSeconds whole seconds, at least 1
   * @param onRenewed called at each renewal: etcd has answered
   */
  grant(ttlSeconds: number, onRenewed?: () => void): Promise<Lease>;
  /** A lease id that nobody renews: it dies `ttlSeconds` after the last `keepAliveOnce`. */
  grantOnce(ttlSeconds: number): Promise<string>;
  /** Seconds to live after the renewal; <= 0 when the lease is gone. */
  keepAliveOnce(leaseId: string): Promise<number>;
  /** What is left of a lease, by the leader's word; one that is gone is no error. */
  leaseTtl(leaseId: string): Promise<LeaseTtl>;
  /** Removes the lease and every key on it. A lease that is gone already is no error. */
  revokeLease(leaseId: string): Promise<void>;
  /**
   * Every event with revision >= `fromRevision` (default: from now on), in order, none lost or doubled over reconnects.
   * Resolves when the server has confirmed the watch: a write made after that is seen.
   * When the wanted history was compacted, calls `onResync` (the caller lists again) and goes on from the store's present.
   */
  watch(prefix: string, handlers: WatchHandlers, fromRevision?: number): Promise<Watch>;
  /** Ends its watches, stops renewing its leases (which then run out by themselves), and lets go of its connections. */
  close(): Promise<void>;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  /** Writes since the key was created: 1 = just created. */
  readonly version: number;
  readonly createRevision: number;
  readonly modRevision: number;
  /** Decimal id of the lease the key hangs on; '0' = none. */
  readonly lease: string;
}

/** What etcd says of a lease. */
export interface LeaseTtl {
  /** Seconds. */
  readonly granted: number;
  /** Seconds, rounded down; <= 0 (etcd says -1) when the lease is gone. */
  readonly remaining: number;
  /** The keys that hang on it. */
  readonly keys: string[];
}

export interface Listing {
  readonly items: KeyValue[];
  /** Store revision of this picture; watch from `revision + 1` to go on without a gap. */
  readonly revision: number;
}

export interface Changes {
  /** Keys that were put after the revision and are still there, sorted. */
  readonly keys: readonly string[];
  /** Of all keys with the prefix. */
  readonly count: number;
  /** The store's own at that moment. */
  readonly revision: number;
}

export interface StoreEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** '' on delete. */
  readonly value: string;
  revision: number;
  /** The key's version after a put; 0 on delete. */
  readonly version: number;
}

export interface Lease {
  readonly id: string;
  readonly ttlSeconds: number;
  /** Resolves when the lease is known lost (expired or revoked); never rejects. */
  readonly lost: Promise<void>;
  /** Removes the lease and every key on it, and renews it no more. One that is gone already is no error. */
  revoke(): Promise<void>;
  /** Stop renewing without revoking. */
  abandon(): void;
}

/** `modRevision`: 0 is that of a key that is not there. */
export type Guard = { readonly key: string } & (
  { readonly absent: true } | { readonly exists: true } | { readonly value: string } | { readonly modRevision: number }
);

export type Write =
  | { readonly put: string; readonly value: string; readonly lease?: string }
  | { readonly delete: string; readonly prefix?: boolean };

export interface WatchHandlers {
  /** One change of one key. */
  onEvent(e: StoreEvent): void;
  /** Changes were missed, because their history was compacted: list again. */
  onResync?(): void;
  /** The connection went away; the watch goes on by itself. For logs. */
  onDisconnect?(e: Error): void;
}

export interface Watch {
  /** No handler is called any more, from this call on. */
  close(): Promise<void>;
}
