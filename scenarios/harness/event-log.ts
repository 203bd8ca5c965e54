import { appendFileSync } from 'node:fs';

/** One thing that happened in a run. Every view of a run (terminal, report, invariants) is computed from these. */
export interface RunEvent {
  /** Milliseconds since the run began, from a monotonic clock. */
  readonly atMs: number;
  /** Wall clock, milliseconds since the epoch; the machines share it. */
  readonly wallMs: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Appends events to an NDJSON file as they happen and hands them to subscribers. */
export class EventLog {
  readonly events: RunEvent[] = [];
  readonly #began = performance.now();
  readonly #file: string;
  readonly #subscribers: ((event: RunEvent) => void)[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  nowMs(): number {
    return performance.now() - this.#began;
  }

  add(type: string, data: Readonly<Record<string, unknown>> = {}): RunEvent {
    return this.#append({ atMs: Math.round(this.nowMs()), wallMs: Date.now(), type, data });
  }

  /** Something another process saw at this wall-clock time, ms; it may come after later events. */
  addSeen(wallMs: number, type: string, data: Readonly<Record<string, unknown>>): RunEvent {
    const atMs = Math.max(0, Math.round(this.nowMs() - (Date.now() - wallMs)));
    return this.#append({ atMs, wallMs, type, data });
  }

  #append(event: RunEvent): RunEvent {
    this.events.push(event);
    appendFileSync(this.#file, `${JSON.stringify(event)}\n`);
    for (const subscriber of this.#subscribers) subscriber(event);
    return event;
  }

  subscribe(subscriber: (event: RunEvent) => void): void {
    this.#subscribers.push(subscriber);
  }
}
