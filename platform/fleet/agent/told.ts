import type { EtcdStore, Guard, Write } from '../../etcd/store.ts';

/**
 * What this machine has told etcd on its lease, as far as etcd's answers say. A transaction without an answer may be carried out much later, when
 * the way to etcd is free again: each is guarded by what its keys were when it was sent, so that none comes after a later one.
 */
export interface Told {
  /**
   * Keys on another lease go away with that, or went over to this one with the registration: all are doubted when it is not the same as before.
   * @param seen asked then: what stands there by a copy that may be old; counts as told
   */
  hangOn(lease: string, seen: () => Iterable<readonly [key: string, value: string]>): void;
  isOnLease(): boolean;
  /** By etcd's last answer; it may be other by now where it is doubted. */
  value(key: string): string | undefined;
  /** The same, unless it is doubted: etcd gave no answer to a write of it, or something else was seen there. */
  surely(key: string): string | undefined;
  doubt(key: string): void;
  /** It was seen there, in a copy that may be old: this counts as told, and is doubted. */
  saw(key: string, value: string | undefined): void;
  /** All keys that may be there. */
  keys(): Iterable<string>;
  /**
   * Asks etcd first for the keys that are doubted; when a key is not as it was known, what was on its way has come there, and it is tried again.
   * @returns false: a guard did not hold, or somebody else writes to these keys all the time; nothing was written
   * @throws LabError `timeout.etcd…`: every key written to is doubted from then on
   */
  transact(guards: readonly Guard[], writes: readonly Write[]): Promise<boolean>;
}

/** How often the same is written. */
const mostTries = 3;

/**
 * Nothing is told yet.
 * @param seenRevision at which a copy of etcd, which may be old, has a key; undefined: it has not
 */
export function nothingTold(
  store: Pick<EtcdStore, 'get' | 'transact'>,
  seenRevision: (key: string) => number | undefined,
): Told {
  const values = new Map<string, string>();
  /** Of the keys' last writes; 0: it is not there. */
  const revisions = new Map<string, number>();
  const doubted = new Set<string>();
  let under: string | undefined;
  const keep = (key: string, value: string | undefined): void => {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  };
  const done = (key: string, value: string | undefined, revision: number): void => {
    keep(key, value);
    revisions.set(key, value === undefined ? 0 : revision);
    doubted.delete(key);
  };
  const ask = async (key: string): Promise<void> => {
    const there = await store.get(key);
    revisions.set(key, there?.modRevision ?? 0);
  };
  return {
    hangOn(lease, seen) {
      if (lease === under) return;
      for (const [key, value] of seen()) if (!values.has(key)) values.set(key, value);
      for (const key of values.keys()) doubted.add(key);
      under = lease;
    },
    isOnLease: () => under !== undefined,
    value: (key) => values.get(key),
    surely: (key) => (doubted.has(key) ? undefined : values.get(key)),
    doubt: (key) => void doubted.add(key),
    saw(key, value) {
      keep(key, value);
      doubted.add(key);
    },
    keys: () => new Set([...values.keys(), ...doubted]),
    async transact(guards, writes) {
      const written = new Map(writes.map((write) => ['put' in write ? write.put : write.delete, write]));
      const keys = [...written.keys()];
      const doubtedBefore = keys.filter((key) => doubted.has(key));
      await Promise.all(doubtedBefore.map(ask));
      for (let tries = 0; tries < mostTries; tries++) {
        const unchanged = keys.map((key) => ({ key, modRevision: revisions.get(key) ?? seenRevision(key) ?? 0 }));
        for (const key of keys) doubted.add(key);
        const revision = await store.transact([...guards, ...unchanged], writes);
        if (revision !== undefined) {
          for (const [key, write] of written) done(key, 'put' in write ? write.value : undefined, revision);
          return true;
        }
        await Promise.all(keys.map(ask));
        if (unchanged.some(({ key, modRevision }) => revisions.get(key) !== modRevision)) continue;
        for (const key of keys) if (!doubtedBefore.includes(key)) doubted.delete(key);
        return false;
      }
      return false;
    },
  };
}
