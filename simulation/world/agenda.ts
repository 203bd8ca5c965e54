/** Something that is to happen at a moment of simulated time. Cancelled, it stays in the heap without an act. */
interface Appointment {
  readonly when: number;
  /** What was agreed first happens first. */
  readonly order: number;
  act: (() => void) | undefined;
}

/** Calls an appointment off; late or twice is no error. */
export type Cancel = () => void;

/** Simulated time, and what is to happen in it: a binary heap by time, then by the order in which it was agreed. */
export class Agenda {
  readonly #heap: Appointment[] = [];
  #now = 0;
  #made = 0;

  /** Milliseconds since the simulation began. */
  now(): number {
    return this.#now;
  }

  /** @param ms from now on; what is negative counts as now */
  after(ms: number, act: () => void): Cancel {
    return this.at(this.#now + ms, act);
  }

  /** @param when ms of simulated time; a moment that is over counts as now */
  at(when: number, act: () => void): Cancel {
    const appointment: Appointment = { when: Math.max(when, this.#now), order: this.#made++, act };
    this.#heap.push(appointment);
    this.#rise(this.#heap.length - 1);
    return () => (appointment.act = undefined);
  }

  /** What is due next, with the time set to its moment; undefined when nothing is left. */
  next(): (() => void) | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return undefined;
      const last = this.#heap.pop();
      if (last !== undefined && last !== first) {
        this.#heap[0] = last;
        this.#sink();
      }
      if (first.act === undefined) continue;
      this.#now = first.when;
      return first.act;
    }
  }

  #rise(from: number): void {
    const heap = this.#heap;
    let at = from;
    const rising = heap[at];
    if (rising === undefined) return;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, rising)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = rising;
  }

  #sink(): void {
    const heap = this.#heap;
    const sinking = heap[0];
    if (sinking === undefined) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        below += 1;
        child = right;
      }
      if (isBefore(sinking, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = sinking;
  }
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.when < b.when || (a.when === b.when && a.order < b.order);
}
