import { byBytes } from './by-bytes.ts';
import { mustHave } from '#errors/must-have.ts';
import type { Guard, KeyValue, StoreEvent, Write } from '../store.ts';

export interface Keyspace {
  /** Of the last transaction that changed something. */
  revision(): number;
  /** The key as it is now. */
  get(key: string): KeyValue | undefined;
  /** Every key that starts so, in the order of the keys' bytes. */
  list(prefix: string): KeyValue[];
  /** Whether the guard of a transaction holds now. */
  readonly holds: (guard: Guard) => boolean;
  /** All writes in one revision, as one etcd transaction; returns the number of keys deleted. */
  apply(writes: readonly Write[]): number;
  /** The keys that hang on a lease. */
  onLease(lease: string): Iterable<string>;
  /** Events with revision >= `from`, oldest first. */
  history(from: number): StoreEvent[];
  /** As a compaction at the present revision: `history` has later events only. */
  forgetHistory(): void;
  /** First revision whose events are still kept. */
  oldest(): number;
  /** `listener` is called after each transaction that changed something. */
  onCommit(listener: () => void): void;
}

/** Keys with etcd's bookkeeping: one revision per transaction that changes something, versions counted from 1 since creation. */
export function keyspace(): Keyspace {
  const keys = new Map<string, KeyValue>();
  const inOrder: string[] = [];
  const listeners = new Set<() => void>();
  let events: StoreEvent[] = [];
  let revision = 1; // a fresh etcd says 1
  let oldest = 1;

  const matching = (prefix: string): KeyValue[] => {
    const found: KeyValue[] = [];
    for (let at = placeOf(prefix, inOrder); at < inOrder.length; at += 1) {
      const kv = keys.get(mustHave(inOrder[at], `a key at ${at}`));
      if (kv === undefined || !kv.key.startsWith(prefix)) break;
      found.push(kv);
    }
    return found;
  };

  const writeOne = (write: Write, at: number): number => {
    if ('put' in write) {
      const old = keys.get(write.put);
      const version = (old?.version ?? 0) + 1;
      const createRevision = old?.createRevision ?? at;
      const lease = write.lease ?? '0';
      if (old === undefined) inOrder.splice(placeOf(write.put, inOrder), 0, write.put);
      keys.set(write.put, { key: write.put, value: write.value, version, createRevision, modRevision: at, lease });
      events.push({ type: 'put', key: write.put, value: write.value, revision: at, version });
      return 0;
    }
    const gone = write.prefix ? matching(write.delete).map((kv) => kv.key) : [write.delete].filter((k) => keys.has(k));
    for (const key of gone) {
      keys.delete(key);
      inOrder.splice(placeOf(key, inOrder), 1);
      events.push({ type: 'delete', key, value: '', revision: at, version: 0 });
    }
    return gone.length;
  };

  return {
    revision: () => revision,
    get: (key) => keys.get(key),
    list: matching,
    holds(guard) {
      const kv = keys.get(guard.key);
      if ('absent' in guard) return kv === undefined;
      if ('exists' in guard) return kv !== undefined;
      if ('modRevision' in guard) return (kv?.modRevision ?? 0) === guard.modRevision;
      return kv !== undefined && kv.value === guard.value;
    },
    apply(writes) {
      const before = events.length;
      const deleted = writes.reduce((sum, write) => sum + writeOne(write, revision + 1), 0);
      if (events.length === before) return deleted;
      revision += 1;
      for (const listener of listeners) listener();
      return deleted;
    },
    *onLease(lease) {
      for (const kv of keys.values()) if (kv.lease === lease) yield kv.key;
    },
    history: (from) => events.slice(events.findLastIndex((event) => event.revision < from) + 1),
    forgetHistory() {
      events = [];
      oldest = revision + 1;
    },
    oldest: () => oldest,
    onCommit: (listener) => void listeners.add(listener),
  };
}

/** Where a key stands among those in order, or would. */
function placeOf(key: string, inOrder: readonly string[]): number {
  let [from, to] = [0, inOrder.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (byBytes(mustHave(inOrder[middle], `a key at ${middle}`), key) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
