/** Runs `pass` once per wake-up, never twice at a time; wake-ups during a pass cause one more. */
export interface Coalesced {
  wake(): void;
  /** No new pass begins; resolves when a running one has ended. */
  stop(): Promise<void>;
}

/**
 * @param pass a level-triggered pass: it looks at the whole state, so that a lost or doubled wake-up costs time, not truth
 * @param onError called when a pass throws; it is tried again after `retryMs`
 */
export function coalesce(pass: () => Promise<void>, onError: (error: unknown) => void, retryMs = 500): Coalesced {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    do {
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
