import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LabError } from '#errors/lab-error.ts';
import { isEventType, type RunEvent, runEventSchema } from '#scenarios/harness/record/run-event.ts';
import type { Unstamped } from '../moment/seen.ts';

/** What a scenario says that a watch of the lab does not see: the rest would be told twice. */
const toldTypes: ReadonlySet<RunEvent['type']> = new Set([
  ...(['run', 'phase', 'mark', 'note', 'own', 'verdict', 'error'] as const),
  ...(['fault', 'fault-undone', 'wait', 'wait-held', 'command'] as const),
]);
/** Lines of an error that are shown. */
const errorLines = 3;

/** How `lab scenario NAME --json` is called. */
export type ScenarioCommand = (name: string) => { readonly program: string; readonly args: readonly string[] };

/** One scenario at a time, as a command of its own: it undoes its faults and keeps its record whatever becomes of the dashboard. */
export class ScenarioChild {
  readonly #command: ScenarioCommand;
  readonly #tell: (seen: Unstamped) => void;
  #child: ChildProcess | undefined;

  /** @param tell takes what is seen of it: its own events, and how it ends */
  constructor(command: ScenarioCommand, tell: (seen: Unstamped) => void) {
    this.#command = command;
    this.#tell = tell;
  }

  /** @throws LabError `busy.dashboard` while one runs that was begun here */
  start(name: string): void {
    if (this.#child !== undefined) {
      const cause = 'a scenario that was begun here still runs';
      throw new LabError({ code: 'busy.dashboard', cause, next: 'wait for it, or end it on the page' });
    }
    const { program, args } = this.#command(name);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#tell({ type: 'deed', data: { text: `asked for here: scenario ${name}`, state: 'begun' } });
    createInterface(child.stdout).on('line', (line) => this.#hear(line));
    const said: string[] = [];
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      if (said.length > errorLines) said.shift();
    });
    child.once('error', (error) => said.push(error.message));
    child.once('close', (code) => {
      this.#child = undefined;
      // 0, 1 and 2 are verdicts, which the scenario has told itself.
      const ended = code !== null && code <= 2;
      const why = said.length === 0 ? '' : `: ${said.join(' ')}`;
      this.#tell({
        type: 'deed',
        data: ended
          ? {
              text: `scenario ${name} is over; lab dashboard --run ${name} has its record`,
              state: 'done',
              endsScenario: true,
            }
          : { text: `scenario ${name} ended early${why}`, state: 'failed', endsScenario: true },
      });
    });
  }

  /** Ends it in order, if one runs: its faults are undone. Resolves when it has ended. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    await closed;
  }

  #hear(line: string): void {
    const event = eventOf(line);
    if (event === undefined || !toldTypes.has(event.type)) return;
    this.#tell({ type: event.type, data: event.data } as Unstamped);
  }
}

/** Undefined for a line that is no event of this version of the lab. */
function eventOf(line: string): RunEvent | undefined {
  try {
    const value = JSON.parse(line) as { readonly type?: unknown };
    if (typeof value.type !== 'string' || !isEventType(value.type)) return undefined;
    return runEventSchema.safeParse(value).data;
  } catch {
    return undefined;
  }
}
