import type { EtcdStore, Guard, Write } from '../../etcd/store.ts';

/** What this machine has told etcd on its lease, as far as etcd's answers say. */
export interface Told {
  /** Keys on another lease go away with that. */
  hangOn(lease: string): void;
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
   * @returns false: a guard did not hold, and nothing was written
   * @throws LabError `timeout.etcd…`: every key written to is doubted from then on
   */
  transact(guards: readonly Guard[], writes: readonly Write[]): Promise<boolean>;
}

/** Nothing is told yet. */
export function nothingTold(store: EtcdStore): Told {
  const values = new Map<string, string>();
  const doubted = new Set<string>();
  let under: string | undefined;
  const keep = (key: string, value: string | undefined): void => {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  };
  return {
    hangOn(lease) {
      if (lease === under) return;
      values.clear();
      doubted.clear();
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
      const before = new Set(doubted);
      const written = writes.map((write) => ('put' in write ? write.put : write.delete));
      for (const key of written) doubted.add(key);
      const isDone = await store.transact(guards, writes);
      for (const key of written) if (isDone || !before.has(key)) doubted.delete(key);
      if (isDone) for (const [index, key] of written.entries()) keep(key, putIn(writes[index]));
      return isDone;
    },
  };
}

function putIn(write: Write | undefined): string | undefined {
  return write !== undefined && 'put' in write ? write.value : undefined;
}
