import { vbucketCount } from './vbucket.ts';

/** One history of a bucket: its vBuckets' UUIDs are `uuidBase` and their number, and it began behind these sequence numbers (none: behind 0). */
export interface History {
  readonly uuidBase: number;
  readonly behind: readonly number[];
}

/** Histories that are remembered; kv_engine remembers as many (`max_failover_entries`). */
const most = 25;

/** Where a stream of changes may go on, as its consumer tells it. Source: kv_engine, docs/dcp/documentation/commands/stream-request.md. */
export interface StreamStart {
  readonly uuid: number;
  readonly seqno: number;
  /** The snapshot that the last change belonged to. */
  readonly snapshotStart: number;
  readonly snapshotEnd: number;
}

/** The histories of a bucket, the present one first: the failover log of each of its vBuckets. */
export class Histories {
  #list: readonly History[];

  constructor(uuidBase: number) {
    this.#list = [{ uuidBase, behind: [] }];
  }

  /** The present one first, 25 at most. */
  get list(): readonly History[] {
    return this.#list;
  }

  /** Of the present one: the UUID of a vBucket is this and the vBucket's number. */
  get uuidBase(): number {
    return this.#list[0]?.uuidBase ?? 0;
  }

  /** A new history begins behind these numbers of the present one. */
  branch(uuidBase: number, behind: readonly number[]): void {
    this.#list = [{ uuidBase, behind: [...behind] }, ...this.#list].slice(0, most);
  }

  /** Takes kept ones, the present one first, in place of its own; an empty list changes nothing. */
  restore(list: readonly History[]): void {
    if (list.length > 0) this.#list = list.slice(0, most);
  }

  /** A vBucket's histories: UUID, and the number behind which each began. The present one comes first. */
  failoverLog(vbucket: number): { readonly uuid: number; readonly seqno: number }[] {
    return this.#list.map(({ uuidBase, behind }) => ({ uuid: uuidBase + vbucket, seqno: behind[vbucket] ?? 0 }));
  }

  /**
   * The number that a consumer has to go back to before it may follow; undefined when it can go on where it is.
   * @param high the vBucket's last number
   * @param purged number of the last deletion that is forgotten: who has not heard of it can only begin anew
   */
  rollback(vbucket: number, start: StreamStart, high: number, purged: number): number | undefined {
    if (start.seqno === 0) return undefined;
    const log = this.failoverLog(vbucket);
    const index = log.findIndex(({ uuid }) => uuid === start.uuid);
    if (index < 0 || start.seqno < purged) return 0;
    // What it has of that history is right up to where the next one began.
    const right = log[index - 1]?.seqno ?? high;
    // At an end of its snapshot a consumer lacks nothing of it.
    const end = start.seqno === start.snapshotStart ? start.seqno : start.snapshotEnd;
    const begin = start.seqno === start.snapshotEnd ? start.seqno : start.snapshotStart;
    if (end <= right) return undefined;
    const back = Math.min(begin, right);
    return back < purged ? 0 : back;
  }
}

/**
 * The histories that the failover logs of all vBuckets tell of. Undefined when they do not belong together: they are no log of such a server.
 * @param logs by vBucket
 */
export function historiesOf(
  logs: readonly (readonly { readonly uuid: number; readonly seqno: number }[])[],
): History[] | undefined {
  const first = logs[0];
  if (logs.length !== vbucketCount || first === undefined) return undefined;
  const fits = logs.every(
    (log, vbucket) => log.length === first.length && log.every(({ uuid }, at) => uuid - vbucket === first[at]?.uuid),
  );
  if (!fits) return undefined;
  return first.map(({ uuid }, at) => ({ uuidBase: uuid, behind: logs.map((log) => log[at]?.seqno ?? 0) }));
}
