import { dcpLimits } from './limits.ts';

/** Whether a consumer is still there: after a silence it is asked, and has as long again, twice, to answer. */
export class SignsOfLife {
  #isEnabled = false;
  #intervalMs: number = dcpLimits.noopMs;
  #heardMs: number;
  #askedMs: number | undefined;
  readonly #elapsedMs: () => number;

  /** @param elapsedMs a clock that only goes forward */
  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
    this.#heardMs = elapsedMs();
  }

  /** Begins or ends to ask (DCP control `enable_noop`); the silence counts from now. */
  enable(isEnabled: boolean): void {
    this.#isEnabled = isEnabled;
    this.#heardMs = this.#elapsedMs();
  }

  /** Silence after which it is asked, ms (DCP control `set_noop_interval`, which is in seconds). */
  set intervalMs(ms: number) {
    this.#intervalMs = ms;
  }

  /** The consumer said something. @param isAnswer to the question */
  heard(isAnswer: boolean): void {
    this.#heardMs = this.#elapsedMs();
    if (isAnswer) this.#askedMs = undefined;
  }

  /** What to do now: nothing, ask, or give it up. */
  next(): 'nothing' | 'ask' | 'gone' {
    if (!this.#isEnabled) return 'nothing';
    const nowMs = this.#elapsedMs();
    if (this.#askedMs !== undefined) return nowMs - this.#askedMs < 2 * this.#intervalMs ? 'nothing' : 'gone';
    if (nowMs - this.#heardMs < this.#intervalMs) return 'nothing';
    this.#askedMs = nowMs;
    return 'ask';
  }
}
