import type { Change } from './changes.ts';

/** The last changes, by revision, for those who come back with the index after the last one that they saw. */
export interface RecentChanges {
  /** Every change from this revision on is here, or still to come. */
  readonly start: number;
  /** In order, each the changes of one revision. */
  readonly all: readonly (readonly Change[])[];
  /** Adds what came next; the oldest go beyond a number. */
  add(changes: readonly Change[]): void;
  /** Forgets everything. */
  beginAt(revision: number): void;
}

/** etcd keeps its last 1000 events; ours must not fill the machine's memory either, when values are large. */
const most = { revisions: 1000, characters: 16 * 1024 * 1024 };

/** Empty: the last 1000 revisions are kept (as many as etcd 2 kept events), or fewer where their values are large. */
export function recentChanges(): RecentChanges {
  let start = 0;
  let all: (readonly Change[])[] = [];
  let characters = 0;
  return {
    get start() {
      return start;
    },
    get all() {
      return [...all];
    },
    add(changes) {
      all.push(changes);
      characters += sizeOf(changes);
      while (all.length > most.revisions || (characters > most.characters && all.length > 1)) {
        const oldest = all.shift() ?? [];
        characters -= sizeOf(oldest);
        start = (oldest[0]?.revision ?? start) + 1;
      }
    },
    beginAt(revision) {
      start = revision;
      all = [];
      characters = 0;
    },
  };
}

function sizeOf(changes: readonly Change[]): number {
  return changes.reduce(
    (sum, { path, node, prevNode }) => sum + path.length + (node.value?.length ?? 0) + (prevNode?.value?.length ?? 0),
    0,
  );
}
