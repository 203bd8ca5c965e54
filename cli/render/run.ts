import { asTyped } from './as-typed.ts';
import pc from 'picocolors';
import { isInitial } from '#scenarios/harness/record/is-initial.ts';
import { ownWords } from '#scenarios/harness/record/own-words.ts';
import type { RunEvent } from '#scenarios/harness/record/run-event.ts';
import { unhandled } from '#scenarios/harness/record/unhandled.ts';
import { hundredths, seconds, statedSeconds } from '#errors/seconds.ts';
import { fold, shortened } from './fit.ts';
import { LiveBlock } from './live-block.ts';
import { canRedraw, columnsOf } from './terminal.ts';

const redrawMs = 200;
/** Of the run's clock before each event. */
const clockWidth = 11;

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
    const elapsed = `${((performance.now() - wait.began) / 1000).toFixed(0)}/${statedSeconds(wait.deadlineMs)}`;
    const text = `${elapsed.padStart(9)}  … until ${wait.condition}: ${wait.missing}`.replaceAll('\n', ' ');
    live.draw([pc.dim(shortened(text, live.room.columns))]);
  };
  const print = (event: RunEvent, text: string) => {
    live?.erase();
    const clock = hundredths(event.atMs).padStart(9);
    console.log(`${pc.dim(clock)}  ${fold(asTyped(text, process.stdout), columnsOf(process.stdout), clockWidth)}`);
    draw();
  };
  const timer = live === undefined ? undefined : setInterval(draw, redrawMs);
  return {
    show(event) {
      if (isInitial(event)) return;
      if (event.type === 'wait') {
        const { condition, deadlineMs } = event.data;
        wait = { condition, deadlineMs, began: performance.now(), missing: '', said: false };
      }
      if (event.type === 'wait-missing' && wait !== undefined) {
        wait.missing = event.data.missing;
        // Without a terminal a wait is one line; a condition that holds at once is none.
        if (live === undefined && !wait.said) {
          print(
            event,
            `… until ${wait.condition} ${pc.dim(`(at most ${statedSeconds(wait.deadlineMs)})`)}: ${wait.missing}`,
          );
        }
        wait.said = true;
      }
      if (event.type === 'wait-held') wait = undefined;
      const text = eventText(event);
      if (text !== undefined) print(event, text);
    },
    stop() {
      clearInterval(timer);
      wait = undefined;
      live?.erase();
    },
  };
}

/** What a person is told of an event; undefined for what is too much for a terminal. */
export function eventText(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'phase':
      return pc.bold(pc.underline(event.data.name));
    case 'command':
      return pc.bold(`$ ${event.data.command}`);
    case 'note':
      return pc.cyan(event.data.text);
    case 'own':
      return pc.cyan(ownWords(event.data));
    case 'wait-held':
      return pc.green(`✓ ${event.data.condition}`);
    case 'fault':
      return pc.red(`⚡ ${event.data.name}`);
    case 'fault-undone':
      return `↺ undone: ${event.data.name}`;
    case 'machine-gone':
      return pc.yellow(`fleet: ${event.data.machine} is gone`);
    case 'machine-present':
      return `fleet: ${event.data.machine} is present`;
    case 'unit-target': {
      const { unit, from, to, reason } = event.data;
      return to === null
        ? pc.yellow(`fleet: ${unit} has no machine${reason === null ? '' : ` (${reason})`}`)
        : `fleet: ${unit} ${from === null ? '' : `${from} `}-> ${to}`;
    }
    case 'key-set':
      return `etcd: ${event.data.key} = ${event.data.value}`;
    case 'key-gone':
      return pc.yellow(`etcd: ${event.data.key} is gone`);
    case 'probe-failing':
      return pc.yellow(`probe ${event.data.probe}${on(event.data.machine)} fails: ${event.data.error}`);
    case 'probe-ok': {
      const { probe, machine, afterMs } = event.data;
      return `probe ${probe}${on(machine)} answered again after ${seconds(afterMs)}`;
    }
    case 'probe-ended': {
      const { probe, error } = event.data;
      return error === undefined ? undefined : pc.red(`probe ${probe} could not run: ${error}`);
    }
    case 'error':
      return pc.red(event.data.message);
    // The report at the end has them.
    case 'run':
    case 'verdict':
    case 'mark':
    case 'measure':
    case 'invariant':
    case 'screenshot':
      return undefined;
    // The live line, or what is too much for a terminal.
    case 'wait':
    case 'wait-missing':
    case 'output':
    case 'fault-done':
    case 'fault-undo':
    case 'unit-state':
    case 'key-ttl':
    case 'unseen':
    case 'watch-unanswered':
    case 'watch-answered':
    case 'watch-ended':
    case 'probe-started':
    case 'page-connected':
    case 'page-disconnected':
    case 'page-message':
      return undefined;
    default:
      return unhandled(event);
  }
}

function on(machine: string | undefined): string {
  return machine === undefined ? '' : ` on ${machine}`;
}
