import { z } from 'zod';
import type { Change } from '../history/event.ts';
import type { Checker } from './checker.ts';

/** A turn of a unit is told within this time, ms. */
const toldMs = 2_000;

/**
 * While nothing happens, nothing is written to etcd (leases are renewed without a write). A unit that ends by itself is something; so is a start
 * that is tried again, when it fails for another reason than before.
 */
export function quiet(): Checker {
  let isResting = false;
  const turnedAt = new Map<string, number>();
  return {
    name: 'quiet',
    see(event, truth) {
      if (event.kind === 'rest') isResting = event.isOn;
      if (event.kind === 'unit') turnedAt.set(event.machine, event.at);
      if (event.kind !== 'commit' || !isResting) return undefined;
      const [, machine = ''] = event.author.split(' ');
      const keys = event.changes.map(({ key }) => key);
      const areStates = keys.every((key) => key.startsWith(truth.facts.keys.states));
      if (areStates && event.at - (turnedAt.get(machine) ?? -Infinity) < toldMs) return undefined;
      if (areStates && event.changes.every(isOtherReason)) return undefined;
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

function withoutReason(state: string): string | undefined {
  const { message, ...rest } = z.record(z.string(), z.unknown()).parse(JSON.parse(state));
  return message === undefined ? undefined : JSON.stringify(rest);
}
