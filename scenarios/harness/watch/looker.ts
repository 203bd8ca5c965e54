import { setTimeout as delay } from 'node:timers/promises';

/** Takes looks one after another: at once when woken, and at least every so often. */
export interface Looker {
  /** Something changed: look as soon as the current look is over. */
  readonly wake: () => void;
  /** The first look is over, however it ended. */
  readonly first: Promise<void>;
  stop(): Promise<void>;
}

/** Between two looks, so that a burst of changes costs one look. */
const restMs = 25;

/**
 * @param args.onFailure the first look that fails after one that did not
 * @param args.onRecovery the first that succeeds after one that did not
 */
export function startLooking(args: {
  takeLook: () => Promise<void>;
  atLeastEveryMs: number;
  onFailure: (error: unknown) => void;
  onRecovery: () => void;
}): Looker {
  let stopped = false;
  let woken = false;
  let interrupt = new AbortController();
  let failing = false;
  const lookOnce = async (): Promise<void> => {
    woken = false;
    try {
      await args.takeLook();
      if (failing) args.onRecovery();
      failing = false;
    } catch (error) {
      if (!failing) args.onFailure(error);
      failing = true;
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await delay(restMs);
      interrupt = new AbortController();
      if (!woken) await delay(args.atLeastEveryMs, undefined, { signal: interrupt.signal }).catch(() => undefined);
      if (!stopped) await lookOnce();
    }
  };
  const first = lookOnce();
  const ended = first.then(loop);
  const wake = () => {
    woken = true;
    interrupt.abort();
  };
  return {
    wake,
    first,
    stop: async () => {
      stopped = true;
      wake();
      await ended;
    },
  };
}
