import { statedSeconds } from '#errors/seconds.ts';
import type { Log } from '../parts/log.ts';
import { etcdTimeoutMs } from './etcd-timeout.ts';

/** Is this machine to run nothing that another one may run by now? */
export interface Fence {
  /** etcd has answered. */
  contact(): void;
  /** etcd has been silent for a TTL, and there were other machines: units that are not global are to stop. */
  isClosed(): boolean;
  /** It neither closes nor opens any more. */
  end(): void;
}

/**
 * A machine that has heard nothing of etcd for one TTL takes it that the others have stopped counting on it. It goes on where there were no others: then
 * nobody starts its units elsewhere, and etcd has only lost its quorum.
 * @param args.isAlone did etcd, by its last word, know no other machine?
 * @param args.onChange called when it closes, and when it opens again
 */
export function fence(args: { ttlSeconds: number; isAlone: () => boolean; log: Log; onChange: () => void }): Fence {
  const { ttlSeconds, isAlone, log, onChange } = args;
  const silence = `nothing of etcd for ${statedSeconds(ttlSeconds * 1_000)}`;
  const requestMs = etcdTimeoutMs(ttlSeconds);
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const turn = (closes: boolean): void => {
    isClosed = closes;
    const reason = closes ? `${silence}: units that are not global stop` : 'etcd answers';
    log('fence', { event: closes ? 'closed' : 'open', reason });
    onChange();
  };
  const wait = (ms: number): void => {
    const dueAt = performance.now() + ms;
    timer = setTimeout(() => {
      // Who stood still himself has not listened: there may be an answer for him to read, or to ask for.
      if (performance.now() - dueAt >= requestMs) wait(requestMs);
      else if (isAlone()) log('fence', { event: 'stays-open', reason: `${silence}, and no other machine was left` });
      else turn(true);
    }, ms);
  };
  return {
    contact() {
      clearTimeout(timer);
      wait(ttlSeconds * 1000);
      if (isClosed) turn(false);
    },
    isClosed: () => isClosed,
    end: () => clearTimeout(timer),
  };
}

/**
 * How long a fleetd that has just begun may hear nothing of etcd before its units stop, ms. Its former one may have heard the last of it nearly a TTL ago: there
 * is time for one request, which others wait for as well.
 */
export function fenceAtStartMs(ttlSeconds: number): number {
  return etcdTimeoutMs(ttlSeconds);
}

/** How long a unit of a fenced machine may take to stop, ms. */
const stopMs = 5_000;

/**
 * How long after a machine has gone the others leave its units alone, ms. It heard its last answer from etcd up to one request's time after etcd began to count
 * a lease that is a second shorter than the TTL, and then needs a moment to stop them.
 */
export function fenceWaitMs(ttlSeconds: number): number {
  return 1_000 + etcdTimeoutMs(ttlSeconds) + stopMs;
}
