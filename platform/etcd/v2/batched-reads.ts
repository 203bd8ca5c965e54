import type { Picture, RangeRead } from './member-wire.ts';

export type Read = (ranges: readonly RangeRead[]) => Promise<Picture>;

/** Operations of one transaction that etcd takes (--max-txn-ops). */
const mostRanges = 128;

interface Waiting {
  readonly ranges: readonly RangeRead[];
  readonly resolve: (picture: Picture) => void;
  readonly reject: (reason: unknown) => void;
}

/** How long a read waits for the one before it, ms: without a quorum that one may take a thousand times as long. */
const patienceMs = 2;

/**
 * Reads that come while another is under way go to etcd as one when its answer is there, for a request costs far more than a range in it. It is
 * sent after all of them have come, so each has what was written before it was asked for; when it fails, all of them have.
 * @param read at most 128 ranges
 */
export function batchedReads(read: Read): Read {
  let waiting: Waiting[] = [];
  let underWay = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    underWay++;
    void read(batch.flatMap(({ ranges }) => ranges))
      .then(
        ({ answers, revision }) => {
          let at = 0;
          for (const { ranges, resolve } of batch)
            resolve({ answers: answers.slice(at, (at += ranges.length)), revision });
        },
        (error: unknown) => {
          for (const { reject } of batch) reject(error);
        },
      )
      .then(() => {
        underWay--;
        if (waiting.length > 0 && underWay === 0) flush();
      });
  };
  return (ranges) =>
    new Promise((resolve, reject) => {
      const taken = waiting.reduce((sum, one) => sum + one.ranges.length, 0);
      if (taken + ranges.length > mostRanges) flush();
      if (waiting.length === 0 && underWay === 0) setImmediate(() => waiting.length > 0 && underWay === 0 && flush());
      else if (underWay > 0) timer ??= setTimeout(flush, patienceMs);
      waiting.push({ ranges, resolve, reject });
    });
}
