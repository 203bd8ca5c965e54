import type { Agenda } from './agenda.ts';
import type { ProcessGlobals, SimulatedTimer } from './globals.ts';
import type { HostClock } from './host-clock.ts';

/** What a process stands on. */
export interface ProcessGround {
  readonly agenda: Agenda;
  readonly clock: HostClock;
  random(): number;
  /** Sets whose code runs, until the next event. */
  enter(process: SimulatedProcess): void;
}

/**
 * One run of a program on a machine: its code runs only through `run`, one event at a time. Killed, nothing of it runs any more,
 * whatever it waited for; paused, its timers and messages wait until it goes on, while the clock of its machine does not wait.
 */
export class SimulatedProcess implements ProcessGlobals {
  readonly name: string;
  readonly #ground: ProcessGround;
  #alive = true;
  #paused = false;
  #waiting: (() => void)[] = [];

  constructor(name: string, ground: ProcessGround) {
    this.name = name;
    this.#ground = ground;
  }

  /** It was not killed; one that is paused is alive. */
  isAlive(): boolean {
    return this.#alive;
  }

  /** Runs code of the process now, or when it goes on. What is awaited in it goes on before the next event. */
  run(act: () => void): void {
    if (!this.#alive) return;
    if (this.#paused) {
      this.#waiting.push(act);
      return;
    }
    this.#ground.enter(this);
    act();
  }

  /** An exception in it, or a rejection that nobody handles, has ended it: Node does that. */
  kill(): void {
    this.#alive = false;
    this.#waiting = [];
  }

  /** Its code runs no more until `resume`; its machine's clock goes on. */
  pause(): void {
    this.#paused = true;
  }

  /** It goes on, first with what waited, in order. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting) this.#ground.agenda.after(0, () => this.run(act));
  }

  setTimer(ms: number, act: () => void, repeat: boolean): SimulatedTimer {
    const { agenda, clock } = this.#ground;
    let cleared = false;
    let cancel = (): void => {};
    const arm = (): void => {
      cancel = agenda.after(clock.trueMs(ms), () =>
        this.run(() => {
          if (cleared) return;
          if (repeat) arm();
          act();
        }),
      );
    };
    arm();
    return {
      clear() {
        cleared = true;
        cancel();
      },
    };
  }

  soon(act: () => void): SimulatedTimer {
    return { clear: this.#ground.agenda.after(0, () => this.run(act)) };
  }

  now(): number {
    return this.#ground.clock.now();
  }

  random(): number {
    return this.#ground.random();
  }
}
