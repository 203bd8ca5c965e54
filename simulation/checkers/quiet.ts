import { z } from 'zod';
import type { Change } from '../history/event.ts';
import type { Checker } from './checker.ts';

/** A turn of a unit is told within this time, ms. */
const toldMs = 2_000;

/**
 * While nothing happens, nothing is written to etcd (leases are renewed without a write). A unit that ends by itself is something; so is a start
 * that is tried again, when it fails for another reason than before, or succeeds: systemd had carried it out without an answer.
 */
export function quiet(): Checker {
  let isResting = false;
  const turnedAt = new Map<string, number>();
  /** Machine and unit: when systemd was last told to start it. */
  const startedAt = new Map<string, number>();
  return {
    name: 'quiet',
    see(event, truth) {
      if (event.kind === 'rest') isResting = event.isOn;
      if (event.kind === 'unit') turnedAt.set(event.machine, event.at);
      if (event.kind === 'command' && event.verb === 'start')
        for (const unit of event.units) startedAt.set(`${event.machine} ${unit}`, event.at);
      if (event.kind !== 'commit' || !isResting) return undefined;
      const [, machine = ''] = event.author.split(' ');
      const keys = event.changes.map(({ key }) => key);
      const areStates = keys.every((key) => key.startsWith(truth.facts.keys.states));
      const isRecent = (at: number | undefined): boolean => event.at - (at ?? -Infinity) < toldMs;
      if (areStates && isRecent(turnedAt.get(machine))) return undefined;
      const isTriedAgain = (change: Change): boolean => {
        const [unit = ''] = change.key.slice(truth.facts.keys.states.length).split('/');
        return isOtherReason(change) || (isRecent(startedAt.get(`${machine} ${unit}`)) && isWithoutReason(change));
      };
      if (areStates && event.changes.every(isTriedAgain)) return undefined;
      return `${event.author} writes ${keys.join(', ')}, though nothing has happened`;
    },
  };
}

/** Does a state say what it said, but for why the unit could not be started? */
function isOtherReason({ before, after }: Change): boolean {
  if (before === undefined || after === undefined) return false;
  const [was, is] = [withoutReason(before), withoutReason(after)];
  return was !== undefined && was === is;
}

/** Does a state say what it said, and no longer why the unit could not be started? */
function isWithoutReason({ before, after }: Change): boolean {
  return before !== undefined && after !== undefined && withoutReason(before) === JSON.stringify(fieldsOf(after));
}

function withoutReason(state: string): string | undefined {
  const { message, ...rest } = fieldsOf(state);
  return message === undefined ? undefined : JSON.stringify(rest);
}

function fieldsOf(state: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(state));
}
