import pc from 'picocolors';
import type { RunEvent } from '#scenarios/harness/record/run-event.ts';
import type { LeaseChange } from '#scenarios/harness/watch/lease-watch.ts';
import { eventText } from './run.ts';

/** One line about something that the cluster did: when, in this host's time zone, and what. Pure. */
export function watchText(event: Pick<RunEvent, 'type' | 'data'> | LeaseChange, wallMs: number): string {
  const moment = new Date(wallMs);
  const ms = String(moment.getMilliseconds()).padStart(3, '0');
  return `${pc.dim(`${moment.toTimeString().slice(0, 8)}.${ms}`)}  ${textOf(event as RunEvent | LeaseChange)}`;
}

function textOf(event: RunEvent | LeaseChange): string {
  switch (event.type) {
    case 'unit-state': {
      const { unit, machine, state } = event.data;
      return state === null
        ? `fleet: ${unit} has no state on ${machine} any more`
        : `fleet: ${unit} on ${machine} is ${state}`;
    }
    case 'lease-set':
      return `flannel: ${event.data.machine} has ${event.data.subnet}`;
    case 'lease-gone':
      return pc.yellow(`flannel: ${event.data.machine} has ${event.data.subnet} no more`);
    case 'watch-unanswered':
      return pc.yellow(`nobody answers: ${event.data.error}`);
    case 'watch-answered':
      return 'answered again';
    default:
      return eventText(event) ?? `${event.type} ${JSON.stringify(event.data)}`;
  }
}
