/** Records that are each read from a few keys, sorted by name. What no change has touched is not read again. */
export interface RecordTable<T> {
  /** @param value undefined when the key has gone */
  take(name: string, part: string, value: string | undefined): void;
  /** Every record, sorted by name; the same array until something changes. */
  all(): readonly T[];
  /** The record of that name, undefined when its parts make none. */
  get(name: string): T | undefined;
}

/**
 * @param read makes the record of its parts (each key's rest -> value), undefined when they make none; tells `onBad` of parts that cannot be read
 * @param onBad told of each such part once, and again when its problem is another
 */
export function recordTable<T>(
  read: (
    name: string,
    parts: ReadonlyMap<string, string>,
    onBad: (key: string, problem: string) => void,
  ) => T | undefined,
  onBad: (key: string, problem: string) => void,
): RecordTable<T> {
  const parts = new Map<string, Map<string, string>>();
  const records = new Map<string, T>();
  const problems = new Map<string, ReadonlyMap<string, string>>();
  const stale = new Set<string>();
  let names: readonly string[] | undefined = [];
  let list: readonly T[] | undefined = [];

  const update = (name: string): void => {
    const found = new Map<string, string>();
    const own = parts.get(name);
    const record = own && read(name, own, (key, problem) => void found.set(key, problem));
    const before = problems.get(name);
    for (const [key, problem] of found) if (before?.get(key) !== problem) onBad(key, problem);
    if (found.size > 0) problems.set(name, found);
    else problems.delete(name);
    if (records.has(name) !== (record !== undefined)) names = undefined;
    if (record === undefined) records.delete(name);
    else records.set(name, record);
    list = undefined;
  };
  const refresh = (): void => {
    for (const name of stale) update(name);
    stale.clear();
  };
  return {
    take(name, part, value) {
      const own = parts.get(name) ?? new Map<string, string>();
      if (value === undefined) own.delete(part);
      else own.set(part, value);
      if (own.size > 0) parts.set(name, own);
      else parts.delete(name);
      stale.add(name);
    },
    all() {
      refresh();
      names ??= [...records.keys()].sort();
      list ??= names.map((name) => records.get(name)).filter((record) => record !== undefined);
      return list;
    },
    get(name) {
      refresh();
      return records.get(name);
    },
  };
}
