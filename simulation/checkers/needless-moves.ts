import type { Checker } from './checker.ts';
import { mayNotStay, missingPeer, replacedBy } from './constraints.ts';
import { scheduleChanges } from './schedule-changes.ts';
import type { TrueUnit, Truth } from './truth.ts';

/** A unit leaves its machine only for a reason: it is not wanted, the machine is gone, or one of its requirements no longer holds there. */
export function needlessMoves(): Checker {
  /** Unit and machine -> when there was last a reason for it to go. */
  const reasonAt = new Map<string, number>();
  let holding = new Set<string>();
  const note = (truth: Truth): void => {
    const now = new Set<string>();
    for (const unit of truth.units.values()) {
      const place = `${unit.name} ${unit.target}`;
      if (hasToGo(unit, truth)) now.add(place);
    }
    // What holds from this moment on, and what has held until now.
    for (const place of [...holding, ...now]) reasonAt.set(place, truth.at);
    holding = now;
  };
  return {
    name: 'needless-moves',
    see(event, truth) {
      if (event.kind !== 'commit') return undefined;
      const [, author = ''] = event.author.split(' ');
      const knownFrom = truth.freshness.pictureSince(author);
      for (const { unit, from, to } of scheduleChanges(event, truth)) {
        if (from === undefined) continue;
        const place = `${unit} ${from}`;
        if (holding.has(place) || (reasonAt.get(place) ?? -Infinity) >= knownFrom) continue;
        if (followsPeer(unit, from, truth) || isReplaced(unit, from, truth)) continue;
        const where = to === undefined ? 'nowhere' : truth.nameOf(to);
        return `${event.author} moves ${unit} from ${truth.nameOf(from)} to ${where}, for no reason that it could see`;
      }
      note(truth);
      return undefined;
    },
  };
}

/** It may not stay, or one that it goes with may not: of those either can make room, where they stand in each other's way. */
function hasToGo(unit: TrueUnit, truth: Truth, asked: ReadonlySet<string> = new Set()): boolean {
  if (mayNotStay(unit, truth) !== undefined) return true;
  const before = new Set([...asked, unit.name]);
  return unit.requirements.machineOf.some((name) => {
    const peer = before.has(name) ? undefined : truth.units.get(name);
    return peer?.target !== undefined && peer.target === unit.target && hasToGo(peer, truth, before);
  });
}

/** A unit that replaces it has come there, in the same transaction. */
function isReplaced(name: string, from: string, truth: Truth): boolean {
  const unit = truth.units.get(name);
  return unit !== undefined && truth.scheduledTo(from).some((other) => replacedBy(unit, other) !== undefined);
}

/** Its principal has gone from there, in the same transaction. */
function followsPeer(name: string, from: string, truth: Truth): boolean {
  const [unit, machine] = [truth.units.get(name), truth.machine(from)];
  return unit !== undefined && machine !== undefined && missingPeer(unit, machine, truth) !== undefined;
}
