import type { EventSink } from '../record/event-log.ts';
import type { EventData } from '../record/run-event.ts';

type Side = EventData<'unseen'>['of'];

/** Longer than two looks lie apart while everybody answers (0.3 s, and a request), ms. */
const blindMs = 1_000;

/**
 * Notes, as an event `unseen`, each stretch in which one side of the cluster was not seen at all: nobody answered, or this
 * process itself stood still. What changed in it is seen at its end, whenever it happened.
 */
export class Blindness {
  readonly #of: Side;
  readonly #log: EventSink;
  #seenMs: number;

  /** @param of what is looked at */
  constructor(of: Side, log: EventSink) {
    this.#of = of;
    this.#log = log;
    this.#seenMs = log.nowMs();
  }

  /** A look has succeeded that was asked for at `askedMs` of the run. To be told before what it saw. */
  seen(askedMs: number): void {
    this.end();
    this.#seenMs = askedMs;
  }

  /** There are no more looks. */
  end(): void {
    const nowMs = this.#log.nowMs();
    if (nowMs - this.#seenMs <= blindMs) return;
    this.#log.add({
      type: 'unseen',
      data: { of: this.#of, fromMs: Math.round(this.#seenMs), toMs: Math.round(nowMs) },
    });
  }
}
