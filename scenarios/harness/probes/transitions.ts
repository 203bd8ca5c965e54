import type { ProbeEvent } from './settings.ts';
import { answeredAt, type Sample } from '../record/sample.ts';

/**
 * Turns samples into what a person wants to know at once: the first failure of a probe at a machine (or service), and its
 * recovery with the time since that failure was asked for. Pure but for what it remembers.
 */
export class Transitions {
  readonly #failingSince = new Map<string, number>();

  /** The event this sample gives, if any. */
  next(sample: Sample): ProbeEvent | undefined {
    const { probe, machine, target, wallMs } = sample;
    const where = { probe, ...(machine !== undefined && { machine }), ...(target !== undefined && { target }) };
    const at = `${probe} ${machine ?? ''} ${target ?? ''}`;
    const since = this.#failingSince.get(at);
    const answeredMs = answeredAt(sample);
    if (!sample.ok && since === undefined) {
      this.#failingSince.set(at, wallMs);
      return {
        type: 'probe-failing',
        wallMs: answeredMs,
        data: { ...where, error: sample.error ?? 'no reason given' },
      };
    }
    // An answer to a question older than the failure says nothing about now.
    if (!sample.ok || since === undefined || wallMs < since) return undefined;
    this.#failingSince.delete(at);
    return { type: 'probe-ok', wallMs: answeredMs, data: { ...where, afterMs: Math.round(answeredMs - since) } };
  }
}
