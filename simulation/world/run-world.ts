import type { Agenda } from './agenda.ts';
import { replaceGlobals } from './globals.ts';
import type { SimulatedProcess } from './process.ts';

/** Whose code runs at this moment; and what is to happen when code of a process fails. */
export interface Stage {
  /** The process whose code runs now; undefined between two events. */
  current(): SimulatedProcess | undefined;
  /** No process's code runs any more. */
  leave(): void;
  /** An exception, or a rejection that nobody handled, came out of this process's code. */
  onFailure(process: SimulatedProcess, error: unknown): void;
}

const eventsInARow = 500;
let isRunning = false;

/**
 * Makes simulated time pass until `isOver`, or nothing is left to happen. Each event is an immediate of Node of its own: between two of
 * them Node runs everything that was promised, so that the code of one process is through before the next begins, and nothing
 * of it depends on real time. The globals are the simulation's for some hundred events at a time; between them what else goes
 * on in the real process (a test runner, say) has its own.
 * @throws what the code of the simulation itself throws
 */
export async function runWorld(agenda: Agenda, stage: Stage, isOver: () => boolean): Promise<void> {
  if (isRunning) throw new Error('two simulations cannot run in one process at the same time');
  isRunning = true;
  const onRejection = (error: unknown): void => {
    const process = stage.current();
    if (process === undefined) throw error;
    stage.onFailure(process, error);
  };
  const { setImmediate } = globalThis;
  let done = false;
  let mistake: { readonly error: unknown } | undefined;
  const step = (): void => {
    if (done) return;
    stage.leave();
    const act = isOver() ? undefined : agenda.next();
    if (act === undefined) {
      done = true;
      return;
    }
    try {
      act();
    } catch (error) {
      const process = stage.current();
      if (process === undefined) throw error;
      stage.onFailure(process, error);
    }
  };
  const event = (): void => {
    try {
      step();
    } catch (error) {
      done = true;
      mistake = { error };
    }
  };
  /** The globals are replaced when the first event's turn has come, and not while others have theirs. */
  const someEvents = (): Promise<void> =>
    new Promise((resolve) => {
      let restore = (): void => {};
      setImmediate(() => {
        restore = replaceGlobals(() => stage.current());
        process.on('unhandledRejection', onRejection);
      });
      for (let i = 0; i < eventsInARow; i++) setImmediate(event);
      setImmediate(() => {
        stage.leave();
        restore();
        process.off('unhandledRejection', onRejection);
        resolve();
      });
    });
  try {
    while (!done) await someEvents();
    if (mistake !== undefined) throw mistake.error;
  } finally {
    isRunning = false;
  }
}
