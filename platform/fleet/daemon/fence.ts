import { statedSeconds } from '#errors/seconds.ts';
import type { Log } from './log.ts';
import { etcdTimeoutMs } from './etcd-timeout.ts';

/** Is this machine to run nothing that another one may run by now? */
export interface Fence {
  /** etcd has answered. */
  contact(): void;
  isClosed(): boolean;
  end(): void;
}

/**
 * A machine that has heard nothing of etcd for one TTL takes it that the others have stopped counting on it.
 * @param onChange called when it closes, and when it opens again
 */
export function fence(ttlMs: number, log: Log, onChange: () => void): Fence {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const turn = (closes: boolean): void => {
    isClosed = closes;
    const reason = closes
      ? `nothing of etcd for ${statedSeconds(ttlMs)}: units that are not global stop`
      : 'etcd answers';
    log('fence', { event: closes ? 'closed' : 'open', reason });
    onChange();
  };
  return {
    contact() {
      clearTimeout(timer);
      timer = setTimeout(() => turn(true), ttlMs);
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
