import type { Decision } from '../parts/model.ts';

/** What an engine has done since its fleetd began. */
export interface EngineFigures {
  /** Since when it leads, ms of the epoch; undefined: it does not. */
  readonly leadsSince: number | undefined;
  readonly passes: number;
  /** That were thrown away: etcd did not answer, or somebody was faster. */
  readonly failures: number;
  readonly passedMs: number;
  readonly decisions: Readonly<Record<Decision['kind'], number>>;
}

export interface EngineTally {
  /** Said in each pass: whether it leads. */
  leads(isLeading: boolean): void;
  /** These were written. */
  decided(decisions: readonly Decision[]): void;
  /** A pass was thrown away. */
  failed(): void;
  /** Counts a pass, and what it takes. @throws whatever it throws */
  pass(run: () => Promise<void>): Promise<void>;
  /** All that was counted since the beginning. */
  figures(): EngineFigures;
}

/** @param now ms, of a clock that only goes on */
export function engineTally(now: () => number): EngineTally {
  const count = { passes: 0, failures: 0, passedMs: 0 };
  const decisions: Record<Decision['kind'], number> = { place: 0, move: 0, evict: 0, block: 0, unblock: 0, stay: 0 };
  let leadsSince: number | undefined;
  return {
    leads: (isLeading) => void (leadsSince = isLeading ? (leadsSince ?? Date.now()) : undefined),
    decided: (list) => list.forEach(({ kind }) => (decisions[kind] += 1)),
    failed: () => void (count.failures += 1),
    async pass(run) {
      const since = now();
      count.passes += 1;
      await run().finally(() => (count.passedMs += now() - since));
    },
    figures: () => ({ ...count, leadsSince, decisions: { ...decisions } }),
  };
}
