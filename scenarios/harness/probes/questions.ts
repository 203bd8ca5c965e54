import type { Clock } from './clock.ts';
import type { ProbeName, Sample } from '../record/sample.ts';

/** What an answer adds to a sample. */
export type Answer = Pick<Sample, 'session' | 'visits' | 'key'>;

/** One question on its way. The first of `ok`, `failed` and its deadline counts, the rest do nothing. */
export interface Question {
  /** Was the answer in time? */
  ok(answer?: Answer): boolean;
  /** It came to nothing, for this reason. */
  failed(error: string): void;
}

interface Open {
  readonly askedMs: number;
  readonly settle: (ok: boolean, fields: Answer & { error?: string }) => boolean;
  readonly giveUp: () => void;
  readonly settled: Promise<void>;
}

/**
 * The open questions of one probe. None stays open past the deadline, so at most deadline / period of them are on their way
 * at once, however silent the other side is. Deadlines are looked at once a tick: no timer of their own.
 */
export class Questions {
  readonly #options: { probe: ProbeName; deadlineMs: number; clock: Clock; report: (sample: Sample) => void };
  readonly #open = new Set<Open>();

  constructor(options: { probe: ProbeName; deadlineMs: number; clock: Clock; report: (sample: Sample) => void }) {
    this.#options = options;
  }

  /** How many wait for an answer. */
  get open(): number {
    return this.#open.size;
  }

  /** @param giveUp called when the deadline has passed: let go of the connection, it may never answer */
  begin(about: Pick<Sample, 'machine' | 'target'>, giveUp: () => void): Question {
    const { probe, clock, report } = this.#options;
    const [askedMs, wallMs] = [clock.now(), clock.wall()];
    let said = (): void => undefined;
    const open: Open = {
      askedMs,
      giveUp,
      settled: new Promise((resolve) => (said = resolve)),
      settle: (ok, fields) => {
        if (!this.#open.delete(open)) return false;
        said();
        report({ probe, wallMs, ms: hundredths(clock.now() - askedMs), ok, ...about, ...fields });
        return true;
      },
    };
    this.#open.add(open);
    return {
      ok: (answer = {}) => open.settle(true, answer),
      failed: (error) => void open.settle(false, { error }),
    };
  }

  /** Fails what has been open for the deadline. */
  expire(): void {
    const { clock, deadlineMs } = this.#options;
    const limit = clock.now() - deadlineMs;
    // In the order they were asked: the first young one ends the look.
    for (const open of this.#open) {
      if (open.askedMs > limit) return;
      this.#fail(open, `no answer within ${deadlineMs} ms`);
    }
  }

  /** No further question comes: resolves once each open one is answered or past its deadline. */
  async finish(): Promise<void> {
    const { clock, deadlineMs } = this.#options;
    for (let [oldest] = this.#open; oldest !== undefined; [oldest] = this.#open) {
      const leftMs = oldest.askedMs + deadlineMs - clock.now();
      await Promise.race([oldest.settled, new Promise<void>((due) => void clock.after(leftMs, due))]);
      this.expire();
    }
  }

  /** Fails whatever is open, for this reason. */
  abandon(error: string): void {
    for (const open of [...this.#open]) this.#fail(open, error);
  }

  #fail(open: Open, error: string): void {
    open.settle(false, { error });
    open.giveUp();
  }
}

/** Hundredths of a ms are finer than what is measured, and half as long to write. */
function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}
