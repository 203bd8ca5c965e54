import { keyspace } from '#platform/etcd/memory/keyspace.ts';
import type { Change } from '../history/event.ts';
import type { Guard, KeyValue, Write } from '#platform/etcd/store.ts';

/** What the members of an etcd agree on, one after the other. */
export type Command =
  | { readonly kind: 'transaction'; readonly guards: readonly Guard[]; readonly writes: readonly Write[] }
  | { readonly kind: 'grant'; readonly lease: string; readonly ttlSeconds: number }
  | { readonly kind: 'revoke'; readonly lease: string }
  /** Forgets the history up to now. */
  | { readonly kind: 'compact' };

export interface Result {
  /** Of the store, afterwards. */
  readonly revision: number;
  /** False: a guard did not hold. */
  readonly succeeded: boolean;
  /** Keys removed. */
  readonly deleted: number;
  /** A write names a lease that is gone: nothing was done. */
  readonly leaseGone: boolean;
}

/** The keys and leases of one member: the same commands in the same order make the same of every one. */
export class Replica {
  readonly keys = keyspace();
  /** Lease id -> its time to live, s. */
  readonly leases = new Map<string, number>();

  /** Applies a command that was agreed on, at once and in the order of the log. @returns what its caller is answered */
  apply(command: Command): Result {
    switch (command.kind) {
      case 'transaction':
        return this.#transact(command.guards, command.writes);
      case 'grant':
        this.leases.set(command.lease, command.ttlSeconds);
        return this.#result({});
      case 'revoke': {
        if (!this.leases.delete(command.lease)) return this.#result({ leaseGone: true });
        return this.#result({ deleted: this.keys.apply([...this.keys.onLease(command.lease)].map(deletion)) });
      }
      case 'compact':
        this.keys.forgetHistory();
        return this.#result({});
    }
  }

  /** What a command will change. */
  changesBy(command: Command): Change[] {
    if (command.kind === 'revoke')
      return [...this.keys.onLease(command.lease)].map((key) => this.#change(key, undefined));
    if (command.kind !== 'transaction' || !this.#isDone(command.guards, command.writes)) return [];
    return command.writes.flatMap((write) => {
      if ('put' in write) return [this.#change(write.put, write.value)];
      const gone = write.prefix ? this.keys.list(write.delete) : [this.keys.get(write.delete)];
      return gone.filter((kv) => kv !== undefined).map(({ key }: KeyValue) => this.#change(key, undefined));
    });
  }

  #change(key: string, after: string | undefined): Change {
    return { key, before: this.keys.get(key)?.value, after };
  }

  #isDone(guards: readonly Guard[], writes: readonly Write[]): boolean {
    return guards.every((guard) => this.keys.holds(guard)) && this.#leasesLive(writes);
  }

  #leasesLive(writes: readonly Write[]): boolean {
    const wanted = writes.flatMap((write) => ('put' in write && write.lease !== undefined ? [write.lease] : []));
    return wanted.every((lease) => lease === '0' || this.leases.has(lease));
  }

  #transact(guards: readonly Guard[], writes: readonly Write[]): Result {
    if (!guards.every((guard) => this.keys.holds(guard))) return this.#result({ succeeded: false });
    if (!this.#leasesLive(writes)) return this.#result({ leaseGone: true });
    return this.#result({ deleted: this.keys.apply(writes) });
  }

  #result({ succeeded = true, deleted = 0, leaseGone = false }): Result {
    return { revision: this.keys.revision(), succeeded, deleted, leaseGone };
  }
}

function deletion(key: string): Write {
  return { delete: key };
}
