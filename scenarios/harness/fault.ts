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

  async undoAll(): Promise<void> {
    for (let fault = this.#active.pop(); fault !== undefined; fault = this.#active.pop()) {
      this.#log.add('fault-undo', { fault: fault.name });
      await fault.undo();
      this.#log.add('fault-undone', { fault: fault.name });
    }
  }
}
