import pc from 'picocolors';
import type { RunEvent } from '../../scenarios/harness/event-log.ts';
import { fold } from './fit.ts';
import { LiveBlock } from './live-block.ts';
import { seconds } from './progress.ts';
import { canRedraw, columnsOf } from './terminal.ts';

const redrawMs = 200;
/** Of the run's clock before each event. */
const clockWidth = 11;

type Data = Readonly<Record<string, unknown>>;

/**
 * Shows a run on the terminal: one line per event of note with the run's clock, and below them, on a terminal, one live
 * line with what is being waited for (elapsed/deadline and what is missing).
 */
export function renderRunEvents(): { show(event: RunEvent): void; stop(): void } {
  const live = canRedraw(process.stdout) ? new LiveBlock(process.stdout) : undefined;
  let wait: { condition: string; deadlineMs: number; began: number; missing: string; said: boolean } | undefined;
  const draw = () => {
    if (live === undefined) return;
    if (wait === undefined || wait.missing === '') return live.erase();
    const elapsed = `${((performance.now() - wait.began) / 1000).toFixed(0)}/${wait.deadlineMs / 1000} s`;
    const text = `${elapsed.padStart(9)}  … until ${wait.condition}: ${wait.missing}`.replaceAll('\n', ' ');
    live.draw([pc.dim(text.slice(0, live.room.columns))]);
  };
  const print = (event: RunEvent, text: string) => {
    live?.erase();
    const clock = `${(event.atMs / 1000).toFixed(2).padStart(7)} s`;
    console.log(`${pc.dim(clock)}  ${fold(text, columnsOf(process.stdout), clockWidth)}`);
    draw();
  };
  const timer = live === undefined ? undefined : setInterval(draw, redrawMs);
  return {
    show(event) {
      const { type, data } = event;
      if (data['initial'] === true) return;
      if (type === 'wait') {
        const { condition, deadlineMs } = data as { condition: string; deadlineMs: number };
        wait = { condition, deadlineMs, began: performance.now(), missing: '', said: false };
      }
      if (type === 'wait-missing' && wait !== undefined) {
        wait.missing = words(data['missing']);
        // Without a terminal a wait is one line; a condition that holds at once is none.
        if (live === undefined && !wait.said) {
          print(event, `… until ${wait.condition} ${pc.dim(`(at most ${wait.deadlineMs / 1000} s)`)}: ${wait.missing}`);
        }
        wait.said = true;
      }
      if (type === 'wait-held') wait = undefined;
      const text = eventText(type, data);
      if (text !== undefined) print(event, text);
    },
    stop() {
      clearInterval(timer);
      wait = undefined;
      live?.erase();
    },
  };
}

function eventText(type: string, data: Data): string | undefined {
  const { unit, from, to, reason, key, value, machine, fault, name, probe, error } = data;
  switch (type) {
    case 'phase':
      return pc.bold(pc.underline(words(name)));
    case 'command':
      return pc.bold(`$ ${words(data['command'])}`);
    case 'note':
      return pc.cyan(words(data['text']));
    case 'wait-held':
      return pc.green(`✓ ${words(data['condition'])}`);
    case 'fault':
      return pc.red(`⚡ ${words(name ?? fault)}`);
    case 'fault-undone':
      return `↺ undone: ${words(name ?? fault)}`;
    case 'machine-gone':
      return pc.yellow(`fleet: ${words(machine)} is gone`);
    case 'machine-present':
      return `fleet: ${words(machine)} is present`;
    case 'unit-target':
      return to === null
        ? pc.yellow(`fleet: ${words(unit)} has no machine${reason === null ? '' : ` (${words(reason)})`}`)
        : `fleet: ${words(unit)} ${from === null ? '' : `${words(from)} `}-> ${words(to)}`;
    case 'key-set':
      return `etcd: ${words(key)} = ${words(value)}`;
    case 'key-gone':
      return pc.yellow(`etcd: ${words(key)} is gone`);
    case 'probe-failing':
      return pc.yellow(`probe ${words(probe)}${on(machine)} fails: ${words(error)}`);
    case 'probe-ok':
      return `probe ${words(probe)}${on(machine)} answered again after ${seconds(Number(data['afterMs']))}`;
    case 'probe-ended':
      return error === undefined ? undefined : pc.red(`probe ${words(probe)} could not run: ${words(error)}`);
    case 'error':
      return pc.red(words(data['message']));
    default:
      return undefined;
  }
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '?';
}

function on(machine: unknown): string {
  return typeof machine === 'string' ? ` on ${machine}` : '';
}
