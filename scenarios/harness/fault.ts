import type { EventLog } from './event-log.ts';

/** Something done to the lab, with what undoes it. */
export interface Fault {
  readonly name: string;
  inject(): Promise<void>;
  undo(): Promise<void>;
}

/** Injected faults of a run; whatever happens, each is undone once, the last one first. */
export class Faults {
  readonly #log: EventLog;
  readonly #active: Fault[] = [];

  constructor(log: EventLog) {
    this.#log = log;
  }

  async inject(fault: Fault): Promise<void> {
    this.#active.push(fault);
    this.#log.add('fault', { fault: fault.name });
    await fault.inject();
    this.#log.add('fault-done', { fault: fault.name });
  }

  /** @throws the first undo's error, after all the others were undone too */
  async undoAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let fault = this.#active.pop(); fault !== undefined; fault = this.#active.pop()) {
      const { name } = fault;
      this.#log.add('fault-undo', { fault: name });
      await fault.undo().then(
        () => this.#log.add('fault-undone', { fault: name }),
        (error: unknown) => {
          failures.push(error);
          this.#log.add('error', {
            message: `not undone: ${name}: ${error instanceof Error ? error.message : String(error)}`,
          });
        },
      );
    }
    if (failures.length > 0) throw failures[0];
  }
}
