import type { KeyValue, Write } from '../../etcd/store.ts';
import { wire } from '../../etcd/wire.ts';
import { base64Form } from '../../etcd/base64.ts';
import { ask, type Reach } from '../cluster/ask.ts';
/** What etcd v2 says was done to a key. */
export type Action = Told | 'expire';
/** What a command does. */
export type Told = 'set' | 'create' | 'update' | 'delete' | 'compareAndSwap' | 'compareAndDelete';

/**
 * v3's history has puts and deletions only. So that a watch can tell an `update` from a `set`, and a key that was removed from
 * one that ran out, our etcdctl writes the action to this one key **in the same transaction** as the change: who reads it at the
 * change's revision finds it written at that very revision, or the change was not one of those. No v2 path reaches the key, for
 * they begin with a slash. A lost lease is a transaction of its own, which nothing can be added to.
 */
const toldKey = 'etcdctl.v2/action';

/**
 * What a transaction must write beside the change itself. `set`, and the removal of a key without a lease, are what v3's own event
 * says: nothing is written.
 * @param lease of the key that is removed
 */
export function tell(action: Told, lease = '0'): Write[] {
  return action === 'set' || (action === 'delete' && lease === '0') ? [] : [{ put: toldKey, value: action }];
}

export interface Past {
  /** What was told with the change; undefined: nothing. */
  readonly told: Told | undefined;
  /** The key just before and just after the change. */
  readonly before: KeyValue | undefined;
  readonly now: KeyValue | undefined;
}

/**
 * Reads how a key came to its change at `revision`.
 * @throws LabError `state.etcd-compacted` when that history is gone, and those of `ask`
 */
export async function readPast(reach: Reach, key: string, revision: number): Promise<Past> {
  const at = async (name: string, when: number) => {
    const body = { ...wire.rangeRequest(base64Form, name, false), revision: String(when) };
    return wire.readRange(base64Form, await ask(reach, '/v3/kv/range', body)).items[0];
  };
  // Not in one transaction: etcd 3.4 panics when a compaction comes between its check of a transaction and the reads in it.
  const [told, before, now] = await Promise.all([at(toldKey, revision), at(key, revision - 1), at(key, revision)]);
  return { told: told?.modRevision === revision ? readAction(told.value) : undefined, before, now };
}

function readAction(word: string): Told | undefined {
  return tellable.find((action) => action === word);
}

const tellable: readonly Told[] = ['create', 'update', 'delete', 'compareAndSwap', 'compareAndDelete'];
