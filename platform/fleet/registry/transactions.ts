import type { Guard, Write } from '../../etcd/store.ts';

/** What has to hold for some writes, and belongs with them into one transaction. */
export interface Change {
  readonly guards: readonly Guard[];
  readonly writes: readonly Write[];
}

/** etcd takes as many comparisons, and as many writes, in one transaction (`--max-txn-ops`, 128 by default). */
export const operationsPerTransaction = 128;

/**
 * Joins changes into as few transactions as etcd takes, in their order. A guard that several ask for is there once. Pure.
 * @param common guards of every transaction
 */
export function transactionsOf(changes: readonly Change[], common: readonly Guard[] = []): Change[] {
  const joined: { guards: Map<string, Guard>; writes: Write[] }[] = [];
  for (const change of changes) {
    const last = joined.at(-1);
    const added = change.guards.filter((guard) => last?.guards.has(guard.key) !== true).length;
    const fits =
      last !== undefined &&
      last.guards.size + added <= operationsPerTransaction &&
      last.writes.length + change.writes.length <= operationsPerTransaction;
    const into = fits ? last : { guards: new Map(common.map((guard) => [guard.key, guard])), writes: [] };
    if (!fits) joined.push(into);
    for (const guard of change.guards) into.guards.set(guard.key, guard);
    into.writes.push(...change.writes);
  }
  return joined.map(({ guards, writes }) => ({ guards: [...guards.values()], writes }));
}
