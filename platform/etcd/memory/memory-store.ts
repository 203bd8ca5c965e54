import { etcdFailure } from '../etcd-failure.ts';
import { keyspace, type Keyspace } from './keyspace.ts';
import { leaseTable, type Clock } from './lease-table.ts';
import { memoryWatches } from './memory-watches.ts';
import { selfRenewingLease } from '../self-renewing-lease.ts';
import type { EtcdStore, Write } from '../store.ts';

export type { Clock } from './lease-table.ts';

/**
 * An etcd of one process, with the semantics of the real one (the same contract test runs against both): revisions, leases by the
 * given clock, guarded transactions, watches that resume. Events arrive in a later microtask, never inside the write.
 */
export function memoryStore(clock: Clock = realClock): MemoryStore {
  const keys = keyspace();
  const leases = leaseTable(clock, (id) => keys.apply([...keys.onLease(id)].map((key) => ({ delete: key }))));
  return client({ clock, keys, leases, watches: memoryWatches(keys), state: { away: false } });
}

function client(core: Core): MemoryStore {
  const { clock, keys, leases, watches, state } = core;
  const mine = new Set<{ close(): unknown }>();

  const answer: Answer = async (what, act) => {
    await Promise.resolve();
    if (state.away) throw etcdFailure('timeout.etcd', 'memory', what, 'the store is switched off');
    return act();
  };
  const drop = (lease: string) => keys.apply([...keys.onLease(lease)].map((key) => ({ delete: key })));

  const store: MemoryStore = {
    ...requestsOn(core, answer),
    async grant(ttlSeconds, onRenewed) {
      const id = await store.grantOnce(ttlSeconds);
      const entry = { close: () => lease.abandon() };
      const lease = selfRenewingLease(
        store,
        id,
        ttlSeconds,
        { end: () => mine.delete(entry), renewed: onRenewed },
        (ms, fn) => clock.schedule(ms, fn),
      );
      mine.add(entry);
      return lease;
    },
    revokeLease: (id) =>
      answer('revokeLease', () => {
        if (leases.remove(id)) drop(id);
      }),
    async watch(prefix, handlers, fromRevision) {
      const watch = await answer('watch', () => watches.add(prefix, handlers, fromRevision));
      mine.add(watch);
      return {
        async close() {
          mine.delete(watch);
          watch.close();
        },
      };
    },
    async close() {
      for (const entry of mine) entry.close();
      mine.clear();
    },
    expireLease(id) {
      if (leases.remove(id)) drop(id);
    },
    connect: () => client(core),
    compact: () => watches.compact(),
    setAway(away) {
      if (away === state.away) return;
      state.away = away;
      leases.freeze(away);
      watches.setAway(away);
    },
  };
  return store;
}

/** What changes or reads the store in one step. */
function requestsOn({ keys, leases }: Core, answer: Answer): Pick<EtcdStore, InOneStep> {
  const checkLease = (lease: string | undefined) => {
    if (lease !== undefined && lease !== '0' && !leases.has(lease)) {
      throw etcdFailure('state.etcd-lease', 'memory', 'put', 'etcdserver: requested lease not found');
    }
  };
  return {
    get: (key) => answer('get', () => keys.get(key)),
    list: (prefix) => answer('list', () => ({ items: keys.list(prefix), revision: keys.revision() })),
    changesSince: (prefix, revision) =>
      answer('changesSince', () => {
        const all = keys.list(prefix);
        const fresh = all.filter(({ modRevision }) => modRevision > revision);
        return { keys: fresh.map(({ key }) => key), count: all.length, revision: keys.revision() };
      }),
    put: (key, value, lease) =>
      answer('put', () => {
        checkLease(lease);
        keys.apply([{ put: key, value, lease: lease ?? '0' }]);
      }),
    delete: (key) => answer('delete', () => keys.apply([{ delete: key }])),
    deletePrefix: (prefix) => answer('deletePrefix', () => keys.apply([{ delete: prefix, prefix: true }])),
    transact: (guards, writes) =>
      answer('transact', () => {
        const refusal = refusalOf(writes);
        if (refusal) throw etcdFailure('internal.etcd', 'memory', 'transact', refusal);
        if (!guards.every(keys.holds)) return undefined;
        for (const write of writes) if ('put' in write) checkLease(write.lease);
        keys.apply(writes);
        return keys.revision();
      }),
    grantOnce: (ttlSeconds) => answer('grant', () => leases.grant(ttlSeconds)),
    keepAliveOnce: (id) => answer('keepAlive', () => leases.renew(id)),
    leaseTtl: (id) => answer('leaseTtl', () => ({ ...leases.ttl(id), keys: [...keys.onLease(id)].sort() })),
  };
}

export interface MemoryStore extends EtcdStore {
  /** Another client of the same store, with watches and leases of its own: for a second daemon in the same test. */
  connect(): MemoryStore;
  /** The lease runs out now, whatever the clock says. */
  expireLease(id: string): void;
  /** Forget the history up to now: watches that still need it get `onResync`. */
  compact(): void;
  /** true = no quorum: every request rejects with `timeout.etcd`, no event comes, no lease expires. */
  setAway(away: boolean): void;
}

type InOneStep =
  | 'get'
  | 'list'
  | 'changesSince'
  | 'put'
  | 'delete'
  | 'deletePrefix'
  | 'transact'
  | 'grantOnce'
  | 'keepAliveOnce'
  | 'leaseTtl';

/** Every request: a microtask of travel, then all or nothing. */
type Answer = <T>(what: string, act: () => T) => Promise<T>;

interface Core {
  readonly clock: Clock;
  readonly keys: Keyspace;
  readonly leases: ReturnType<typeof leaseTable>;
  readonly watches: ReturnType<typeof memoryWatches>;
  readonly state: { away: boolean };
}

/** etcd takes a key once per transaction, and no more than 128 operations (--max-txn-ops). Its words for the refusal. */
export function refusalOf(writes: readonly Write[]): string | undefined {
  const puts = writes.flatMap((write) => ('put' in write ? [write.put] : []));
  const twice = puts.some(
    (key, i) =>
      puts.indexOf(key) !== i ||
      writes.some((w) => 'delete' in w && (w.prefix ? key.startsWith(w.delete) : key === w.delete)),
  );
  if (twice) return 'etcdserver: duplicate key given in txn request';
  return writes.length > 128 ? 'etcdserver: too many operations in txn request' : undefined;
}

const realClock: Clock = {
  now: () => performance.now(),
  schedule(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};
