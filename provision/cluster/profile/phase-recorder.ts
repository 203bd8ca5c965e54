import type { LabEvent } from '../parts/lab-event.ts';
import type { Phase } from './phase.ts';

/** Keeps when the phases that events tell of began and ended. */
export class PhaseRecorder {
  readonly #now: () => number;
  readonly #open = new Map<string, { readonly event: LabEvent; readonly fromMs: number }>();
  readonly #phases: Phase[] = [];

  /** @param now ms since the process began; the clock by which `lab up` says how long it took */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes the next event of a lab; handed over as it is, without its object. */
  readonly onEvent = (event: LabEvent): void => {
    const key = `${event.subject} ${event.phase}`;
    if (event.status === 'started') {
      const first = this.#open.size === 0 && this.#phases.length === 0;
      if (first) this.#phases.push({ subject: 'lab', phase: 'command', fromMs: 0, toMs: this.#now(), waits: false });
      this.#open.set(key, { event, fromMs: this.#now() });
      return;
    }
    const begun = this.#open.get(key);
    if (event.status === 'progress' || begun === undefined) return;
    this.#open.delete(key);
    const { subject, phase, waits = false } = begun.event;
    this.#phases.push({ subject, phase, fromMs: begun.fromMs, toMs: this.#now(), waits });
  };

  /** Those that have ended. The first is the command itself, until it began with the lab. */
  get phases(): readonly Phase[] {
    return this.#phases;
  }
}
