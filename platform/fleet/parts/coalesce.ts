/** Runs `pass` once per wake-up, never twice at a time; wake-ups during a pass cause one more. */
export interface Coalesced {
  /** Has a pass begin, or another one follow that which runs. */
  wake(): void;
  /** No new pass begins; resolves when a running one has ended. */
  stop(): Promise<void>;
}

interface Pace {
  /** After a pass that threw, ms. */
  readonly retryMs?: number;
  /** A pass begins when no wake-up has come for so long, so that what comes together is one pass; ms. */
  readonly quietMs?: number;
  /** It begins then all the same. */
  readonly atMostMs?: number;
}

/**
 * @param pass a level-triggered pass: it looks at the whole state, so that a lost or doubled wake-up costs time, not truth
 * @param onError called when a pass throws; it is tried again after `retryMs`
 */
export function coalesce(pass: () => Promise<void>, onError: (error: unknown) => void, pace: Pace = {}): Coalesced {
  const { retryMs = 500, quietMs = 0, atMostMs = 0 } = pace;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let wakeUps = 0;
  let timer: NodeJS.Timeout | undefined;
  const quiet = async (): Promise<void> => {
    const endAt = performance.now() + atMostMs;
    for (let before = -1; before !== wakeUps && performance.now() < endAt && !stopped;) {
      before = wakeUps;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
  };
  const run = async (): Promise<void> => {
    do {
      if (quietMs > 0) await quiet();
      if (stopped) return;
      again = false;
      try {
        await pass();
      } catch (error) {
        if (stopped) return;
        onError(error);
        clearTimeout(timer);
        timer = setTimeout(wake, retryMs);
        return;
      }
    } while (again && !stopped);
  };
  const wake = (): void => {
    if (stopped) return;
    again = true;
    wakeUps += 1;
    running ??= run().finally(() => {
      running = undefined;
      if (again) setImmediate(wake);
    });
  };
  return {
    wake,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
