import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { issueLines } from '#errors/issue-lines.ts';
import { LabError } from '#errors/lab-error.ts';
import { type RunEvent, runEventSchema, type Without } from './run-event.ts';

/** What takes events as they happen, and has a clock for them. */
export interface EventSink {
  /** ms since it began. */
  nowMs(): number;
  /** Adds an event that happens now. */
  add(event: Without<'atMs' | 'wallMs'>): unknown;
}

/** Appends events to an NDJSON file as they happen and hands them to subscribers. */
export class EventLog implements EventSink {
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

  /** @throws LabError `input.event` when it could not be read again; then nothing is written */
  add(event: Without<'atMs' | 'wallMs'>): RunEvent {
    return this.#append({ atMs: Math.round(this.nowMs()), wallMs: Date.now(), ...event });
  }

  /** Something another process saw at this wall-clock time, ms; it may come after later events. */
  addSeen(event: Without<'atMs'>): RunEvent {
    const atMs = Math.max(0, Math.round(this.nowMs() - (Date.now() - event.wallMs)));
    return this.#append({ atMs, ...event });
  }

  #append(event: RunEvent): RunEvent {
    const line = lineOf(event);
    this.events.push(event);
    appendFileSync(this.#file, `${line}\n`);
    for (const subscriber of this.#subscribers) subscriber(event);
    return event;
  }

  /** Every event from here on is handed over right after it was written, before `add` returns. There is no end to it. */
  subscribe(subscriber: (event: RunEvent) => void): void {
    this.#subscribers.push(subscriber);
  }
}

/** The types of a reader's own scenario are not checked when it runs: a number as a note, NaN as a time. */
function lineOf(event: RunEvent): string {
  try {
    runEventSchema.parse(event);
    return JSON.stringify(event);
  } catch (error) {
    throw new LabError({
      code: 'input.event',
      cause: `this is no event ${event.type} that could be read again`,
      // A value that contains itself is a TypeError of JSON's.
      evidence: error instanceof z.ZodError ? issueLines(error) : [String(error)],
      next: 'docs/scenarios.md says what phase, mark, measure, invariant, note, event and conditions are given',
      error,
    });
  }
}
