import { operationText } from '../plan/plan.ts';
import type { Change, HistoryEvent } from './event.ts';

/** One line for a person: `12.345 core-01 starts a.service`. Machine ids of simulated machines are said by name. */
export function eventText(event: HistoryEvent): string {
  return `${(event.at / 1000).toFixed(3).padStart(9)}  ${withNames(said(event))}`;
}

function said(event: HistoryEvent): string {
  switch (event.kind) {
    case 'commit':
      return `etcd ${event.revision}, by ${event.author}: ${event.changes.map(changeText).join('; ')}`;
    case 'unit':
      return `${event.machine}: ${event.unit} is ${event.active} (${event.hash.slice(0, 7)})`;
    case 'command':
      return `${event.machine}: the agent says ${event.verb} ${event.units.join(' ')}`;
    case 'daemon':
      return `${event.machine}: ${event.daemon === 'machine' ? 'power' : event.daemon} ${event.is}`;
    case 'etcd-leader':
      return `etcd: ${event.machine ?? 'nobody'} leads`;
    case 'fault':
      return `FAULT ${event.is}: ${event.what}`;
    case 'operation':
      return `${event.client} ${event.is}: ${operationText(event.does)}${event.answer === undefined ? '' : ` (${event.answer})`}`;
    case 'died':
      return `${event.machine}: fleetd has ended: ${event.error}`;
    case 'log':
      return `${event.machine}: ${event.line}`;
    case 'calm':
      return event.isOn ? 'calm: nothing is done any more' : 'the next round';
    case 'rest':
      return event.isOn ? 'rest: all is as it is wanted' : 'rest is over';
    case 'overdue':
      return `${event.boundMs / 1000} s after calm there is no rest`;
  }
}

function changeText({ key, before, after }: Change): string {
  const name = key.replace(/^.*?\/fleet\//, '');
  const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
  const state = (text: string): string => /"activeState":"(\w+)"/.exec(text)?.[1] ?? short(text);
  if (after === undefined) return `${name} gone`;
  return before === undefined ? `${name} = ${state(after)}` : `${name} = ${state(after)}, was ${state(before)}`;
}

/** A simulated machine's id is its number, 32 times. */
function withNames(text: string): string {
  return text.replace(/([1-9])\1{31}/g, 'core-0$1');
}
