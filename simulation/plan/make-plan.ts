import { seededRandom, type SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { DesiredWord, Operation } from '../history/event.ts';
import { makeFault } from './make-fault.ts';
import { machineName, type Action, type FleetShape, type Plan, type Round } from './plan.ts';
import { unitNames, unitText } from './unit-texts.ts';

/**
 * The plan of a seed: a fleet, and rounds of faults and operations for about so long. Pure.
 * @param hours of simulated time that its rounds take, but for what they need to come to rest
 * @param fence has the fleet one? All else is as without
 */
export function makePlan(seed: number, hours: number, fence = false): Plan {
  const random = seededRandom(seed);
  const machines = random.pick([3, 3, 3, 4, 5]);
  const members = machines === 5 ? random.pick([3, 3, 5]) : random.pick([3, 3, 3, 3, 1]);
  const ttlSeconds = random.pick([2, 5, 5, 5, 10, 30, 30, 60]);
  const resyncMs = random.pick([3_000, 3_000, 10_000, 30_000]);
  const fleet = { machines, members, ttlSeconds, resyncMs, ...(fence && { fence }) };
  const rounds: Round[] = [];
  const isCrowded = random.chance(0.05);
  for (let left = hours * 3_600_000; left > 0;) {
    const round = makeRound(fleet, isCrowded, random);
    rounds.push(fence ? forFence(round) : round);
    left -= round.lengthMs + usualCalmMs;
  }
  return { seed, fleet, rounds };
}

/** What a fence is good for: units that end in time, a systemd that does what it is told, no fleetd or machine that stands still, no lease that somebody revokes. */
function forFence(round: Round): Round {
  const isPromised = (action: Action): boolean => {
    if (action.does !== 'fault') return true;
    if (action.fault === 'pause') return action.daemon === 'etcd';
    return action.fault !== 'systemd' && action.fault !== 'revoke';
  };
  return { ...round, actions: round.actions.filter(isPromised).map(endingInTime) };
}

const longestStopMs = 4_000;

function endingInTime(action: Action): Action {
  if (action.does !== 'operation' || !('text' in action.operation)) return action;
  const text = action.operation.text.replace(
    /--stop=(\d+)/,
    (_, ms) => `--stop=${Math.min(longestStopMs, Number(ms))}`,
  );
  return { ...action, operation: { ...action.operation, text } };
}

/** What a round needs to come to rest, and the quiet after it, as a rule. */
const usualCalmMs = 60_000;

function makeRound(fleet: FleetShape, isCrowded: boolean, random: SeededRandom): Round {
  // Long leases make slow faults.
  const lengthMs = random.integer(30_000, 240_000) + fleet.ttlSeconds * 1000 * random.integer(1, 6);
  const intensity = random.pick([0, 0.5, 1, 1, 2]);
  const minutes = lengthMs / 60_000;
  const actions: Action[] = [];
  const times = (perMinute: number): number => Math.ceil(perMinute * minutes * (0.5 + random.share()));
  // Faults that last may outlive the round: they are undone at its end.
  for (let i = times(2 * intensity); i > 0; i--)
    actions.push({ atMs: random.integer(0, lengthMs), does: 'fault', ...makeFault(fleet, random) });
  for (let i = times(random.pick([1, 3, 6])); i > 0; i--) {
    const operation = makeOperation(fleet, random);
    actions.push({ atMs: random.integer(0, lengthMs), does: 'operation', client: clientOf(operation), operation });
  }
  if (isCrowded && random.chance(0.3)) actions.push(...crowd(fleet, random.integer(0, lengthMs / 2), random));
  return { lengthMs, actions: actions.sort((a, b) => a.atMs - b.atMs) };
}

/** What is done with one unit, one client does: so it is known what has become of it. */
function clientOf(operation: Operation): number {
  if (operation.kind === 'metadata') return 1;
  return (operation.unit.charCodeAt(operation.unit.length - ' .service'.length) % 2) + 1;
}

const operations = [
  ...(['create', 'create', 'create', 'want', 'want', 'want', 'replace', 'destroy', 'metadata'] as const),
];

function makeOperation(fleet: FleetShape, random: SeededRandom): Operation {
  const unit = random.pick(unitNames);
  const desired = (): DesiredWord => random.pick(['launched', 'launched', 'launched', 'loaded', 'inactive']);
  const kind = random.pick(operations);
  switch (kind) {
    case 'create':
      return { kind, unit, text: unitText(unit, fleet.machines, random), desired: desired() };
    case 'replace':
      return { kind, unit, text: unitText(unit, fleet.machines, random) };
    case 'want':
      return { kind, unit, desired: desired() };
    case 'destroy':
      return { kind, unit };
    case 'metadata': {
      const machine = machineName(random.integer(1, fleet.machines));
      const [key, value] = random.pick([
        ['rack', 'a'],
        ['rack', 'b'],
        ['slot', '1'],
      ] as const);
      return { kind, machine, key, value };
    }
  }
}

/** More units at once than one transaction takes. */
function crowd(fleet: FleetShape, atMs: number, random: SeededRandom): Action[] {
  return Array.from({ length: random.integer(20, 45) }, (_, index) => {
    const unit = `crowd@${index}.service`;
    const text = unitText(unit, fleet.machines, random);
    const operation: Operation = random.chance(0.8)
      ? { kind: 'create', unit, text, desired: 'launched' }
      : { kind: 'destroy', unit };
    return { atMs: atMs + index, does: 'operation', client: 1, operation };
  });
}
