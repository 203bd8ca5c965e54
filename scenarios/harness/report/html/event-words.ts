import { ownWords } from '../../record/own-words.ts';
import type { RunEvent } from '../../record/run-event.ts';
import { unhandled } from '../../record/unhandled.ts';

/** An event as a person would say it; undefined for those that only a program needs. */
export function eventWords(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'command':
      return `$ ${event.data.command}`;
    case 'note':
      return event.data.text;
    case 'own':
      return ownWords(event.data);
    case 'phase':
      return `phase: ${event.data.name}`;
    case 'fault':
      return `fault: ${event.data.name}`;
    case 'fault-undone':
      return `fault undone: ${event.data.name}`;
    case 'machine-gone':
      return `fleet no longer lists ${event.data.machine}`;
    case 'machine-present':
      return `fleet lists ${event.data.machine}`;
    case 'unit-target': {
      const { unit, from, to, reason } = event.data;
      return `${unit}: ${from ?? 'nowhere'} → ${to ?? 'no machine'}${reason === null ? '' : ` (${reason})`}`;
    }
    case 'unit-state':
      return `${event.data.unit} on ${event.data.machine}: ${event.data.state ?? 'no state published'}`;
    case 'key-set':
      return `${event.data.key} = ${event.data.value}`;
    case 'key-gone':
      return `${event.data.key} is gone`;
    case 'page-connected':
      return `page on ${event.data.machine}: browser connected`;
    case 'page-disconnected':
      return `page on ${event.data.machine}: browser disconnected (${event.data.reason})`;
    case 'page-message':
      return `page on ${event.data.machine}: ${event.data.rows} rows`;
    case 'wait-held':
      return `held: ${event.data.condition}`;
    case 'probe-failing':
      return `probe ${asked(event.data)} failing: ${event.data.error}`;
    case 'probe-ok':
      return `probe ${asked(event.data)} answers again`;
    case 'error':
      return `error: ${event.data.message}`;
    // The report has them elsewhere.
    case 'run':
    case 'verdict':
    case 'mark':
    case 'measure':
    case 'invariant':
    case 'screenshot':
      return undefined;
    case 'wait':
    case 'wait-missing':
    case 'output':
    case 'fault-done':
    case 'fault-undo':
    case 'key-ttl':
    case 'unseen':
    case 'watch-unanswered':
    case 'watch-answered':
    case 'watch-ended':
    case 'probe-started':
    case 'probe-ended':
      return undefined;
    default:
      return unhandled(event);
  }
}

/** `memcached core-02`, `couchbase core-01 10.1.1.4` */
function asked({ probe, machine, target }: { probe: string; machine?: string; target?: string }): string {
  return [probe, machine, target].filter((word) => word !== undefined).join(' ');
}
