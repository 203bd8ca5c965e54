import { setTimeout as delay } from 'node:timers/promises';

/** Repeats a measurement until it is stopped; one that throws is reported and repeated. */
export interface Sampler {
  stop(): Promise<void>;
}

/**
 * @param everyMs pause between the end of one measurement and the start of the next
 * @param onError called with each failure (a machine that is down makes many of them)
 */
export function startSampler(
  everyMs: number,
  measure: () => Promise<void>,
  onError: (error: unknown) => void,
): Sampler {
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await measure().catch(onError);
      await delay(everyMs);
    }
  };
  const ended = loop();
  return {
    stop: async () => {
      stopped = true;
      await ended;
    },
  };
}
