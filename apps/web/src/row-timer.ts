import type { RowSource, Rows } from './newest-rows.ts';

export interface RowTimer {
  /** The last good answer. */
  readonly last: (Rows & { at: number }) | undefined;
  /** Why the last query failed; undefined when it did not. */
  readonly error: Error | undefined;
  readonly queries: number;
  stop(): void;
}

/**
 * The one timer of this process, however many browsers look: asks every `periodMs`, never twice at once, and tells each good answer.
 * `onTrouble` hears the first failure of a row of failures.
 */
export function startRowTimer(
  source: RowSource,
  periodMs: number,
  on: { rows(rows: Rows): void; trouble(error: Error): void },
): RowTimer {
  const state: { last: (Rows & { at: number }) | undefined; error: Error | undefined; queries: number } = {
    last: undefined,
    error: undefined,
    queries: 0,
  };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const ask = async (): Promise<void> => {
    const began = performance.now();
    state.queries += 1;
    try {
      const rows = await source.newest();
      if (stopped) return;
      state.last = { ...rows, at: Date.now() };
      state.error = undefined;
      on.rows(rows);
    } catch (error) {
      if (stopped) return;
      const trouble = error instanceof Error ? error : new Error(String(error));
      if (!state.error) on.trouble(trouble);
      state.error = trouble;
    }
    // Before the first answer a browser shows nothing, so ask again soon; later the period rules.
    const period = state.last ? periodMs : Math.min(periodMs, 500);
    timer = setTimeout(() => void ask(), Math.max(0, period - (performance.now() - began)));
  };
  void ask();
  return {
    get last() {
      return state.last;
    },
    get error() {
      return state.error;
    },
    get queries() {
      return state.queries;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
