import type { HistoryEvent } from '../history/event.ts';
import { allCheckers } from './all-checkers.ts';
import type { Checker } from './checker.ts';
import { whatIsMissing } from './convergence.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { whatIsUntrue } from './states-told.ts';
import { Truth } from './truth.ts';

/** A promise that was broken. */
export interface Violation {
  readonly checker: string;
  /** ms since the history began. */
  readonly at: number;
  readonly what: string;
}

/** Sees a history event by event, with every checker, wherever it comes from. */
export class Judge {
  readonly truth: Truth;
  readonly #checkers: readonly Checker[];
  #violation: Violation | undefined;

  /** @param isFenced as of `singleCopy` */
  constructor(facts: FleetFacts, isFenced: boolean) {
    this.truth = new Truth(facts);
    this.#checkers = allCheckers(isFenced);
  }

  /** The first. */
  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Takes the next event of the history, in order; what a checker has against it goes to `blame`. */
  see(event: HistoryEvent): void {
    this.truth.see(event);
    for (const checker of this.#checkers) {
      const what = checker.see(event, this.truth);
      if (what !== undefined) this.blame({ checker: checker.name, at: event.at, what });
    }
  }

  /** What no event says. */
  blame(violation: Violation): void {
    this.#violation ??= violation;
  }

  /** What is not as it is wanted, or told otherwise than it is; undefined: nothing. */
  missing(): string | undefined {
    return whatIsMissing(this.truth) ?? whatIsUntrue(this.truth);
  }
}
