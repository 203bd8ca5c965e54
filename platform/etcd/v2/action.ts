import { ask, type Reach } from '../ask.ts';
import { base64Form } from '../base64.ts';
import type { KeyValue, Write } from '../store.ts';
import { wire } from '../wire.ts';

/** What etcd v2 says was done to a key. */
export type Action = Done | 'expire';
/** What an answer to a request says was done. */
export type Done = Exclude<Told, 'refresh'>;
/** What was asked for. A `refresh` gives a key another time to live, and no watch tells of it. */
export type Told = 'set' | 'create' | 'update' | 'delete' | 'compareAndSwap' | 'compareAndDelete' | 'refresh';

/**
 * v3's history has puts and deletions only. So that a watch can tell an `update` from a `set`, and a key that was removed from
 * one that ran out, our etcdctl writes the action to this one key **in the same transaction** as the change: who reads it at the
 * change's revision finds it written at that very revision, or the change was not one of those. No v2 path reaches the key, for
 * they begin with a slash. A lost lease is a transaction of its own, which nothing can be added to.
 */
export const toldKey = 'etcdctl.v2/action';

/**
 * What a transaction must write beside the change itself. `set`, and the removal of a key without a lease, are what v3's own event
 * says: nothing is written.
 * @param lease of the key that is removed
 */
export function tell(action: Told, lease = '0'): Write[] {
  return action === 'set' || (action === 'delete' && lease === '0') ? [] : [{ put: toldKey, value: action }];
}

/** The same for the removal of a directory with all that is in it: to v2 one change, to v3 one for each key. */
export function tellRemoved(directory: string): Write[] {
  return [{ put: toldKey, value: `delete ${directory}/` }];
}

export interface Note {
  readonly action: Told;
  /** The directory that was removed with all that was in it. */
  readonly directory: string | undefined;
}

/** Reads what was told; undefined: not a word of ours. */
export function readNote(text: string): Note | undefined {
  const [word, ...rest] = text.split(' ');
  const action = tellable.find((known) => known === word);
  const directory = rest.length > 0 ? rest.join(' ').slice(0, -1) : undefined;
  return action && { action, directory };
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
  return { told: told?.modRevision === revision ? readNote(told.value)?.action : undefined, before, now };
}

const tellable: readonly Told[] = ['create', 'update', 'delete', 'compareAndSwap', 'compareAndDelete', 'refresh'];
