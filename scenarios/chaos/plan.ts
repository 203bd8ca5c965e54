import type { ProviderCapability } from '#provision/machines/machine-provider.ts';
import type { FaultAction } from '../harness/record/fault-record.ts';
import { type Card, type Table, heavyCards, lightCards } from './cards.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

/** One fault of a plan. Times are ms since the plan began. */
export interface PlannedFault {
  readonly atMs: number;
  /** From its injection to its undoing. 0: it passes by itself and is only awaited. */
  readonly durationMs: number;
  /** How long the machine may still be missed after that. */
  readonly recoveryMs: number;
  /** heavy: may take its machine out of etcd's quorum, so it counts against the budget. */
  readonly weight: 'heavy' | 'light';
  /** Heavy faults of one lane never overlap; there are as many lanes as machines that may be out at once. */
  readonly lane: number;
  /** A machine's name or a role. */
  readonly target: string;
  readonly action: FaultAction;
}

export interface PlanRequest {
  readonly seed: number;
  readonly minutes: number;
  /** Names, at least one. */
  readonly machines: readonly string[];
  readonly capabilities: readonly ProviderCapability[];
  /** Units of fleet that run, with `.service`. */
  readonly units: readonly string[];
}

/** How many machines etcd can miss (etcd FAQ, "What is failure tolerance?"): 1 of 3, 2 of 5. */
export function quorumBudget(machines: number): number {
  return Math.floor((machines - 1) / 2);
}

/**
 * Random faults for so many minutes: storms, in which one fault after another (and light ones at the same time) meets the
 * machines, and quiet stretches between them, in which the stack can recover. At no time are more machines out of the
 * quorum than etcd can miss, their recovery counted in; all is over before the last minute's end. Pure: the same request,
 * the same plan.
 * @returns in the order they begin
 */
export function planChaos({ seed, minutes, machines, capabilities, units }: PlanRequest): PlannedFault[] {
  const random = seededRandom(seed);
  const table: Table = { machines, units, random };
  const able = (card: Card): boolean => capabilities.includes(card.capability) && (card.fits?.(table) ?? true);
  const heavy = deck(heavyCards.filter(able), random);
  const light = deck(lightCards.filter(able), random);
  const endMs = minutes * 60_000 - 3_000;
  const plan: PlannedFault[] = [];

  for (let beganMs = 3_000; beganMs < endMs;) {
    const stormEndMs = Math.min(endMs, beganMs + random.integer(50_000, 80_000));
    for (let lane = 0; lane < quorumBudget(machines.length); lane++) {
      let atMs = beganMs + lane * random.integer(2_000, 9_000);
      for (;;) {
        const card = heavy.draw(stormEndMs - atMs);
        if (card === undefined) break;
        const fault = dealt(card, table, { atMs, lane, alone: false });
        plan.push(fault);
        atMs += fault.durationMs + fault.recoveryMs + random.integer(500, 6_000);
      }
    }
    let atMs = beganMs + random.integer(1_000, 10_000);
    for (;;) {
      const card = light.draw(stormEndMs - atMs);
      if (card === undefined) break;
      const room = atMs + card.longestMs + card.recoveryMs;
      const alone = !plan.some((other) => other.weight === 'heavy' && overMs(other) > atMs && other.atMs < room);
      plan.push(dealt(card, table, { atMs, lane: 0, alone }));
      atMs += random.integer(3_000, 14_000);
    }
    beganMs = stormEndMs + random.integer(12_000, 22_000);
  }
  return plan.sort((a, b) => a.atMs - b.atMs);
}

/** When a fault is over and its machine surely back. */
export function overMs({ atMs, durationMs, recoveryMs }: PlannedFault): number {
  return atMs + durationMs + recoveryMs;
}

function dealt(card: Card, table: Table, at: { atMs: number; lane: number; alone: boolean }): PlannedFault {
  const { atMs, lane, alone } = at;
  const durationMs = table.random.integer(card.shortestMs, card.longestMs);
  const { recoveryMs, weight } = card;
  return { atMs, durationMs, recoveryMs, weight, lane, ...card.deal(table, { lane, alone }) };
}

/** Cards come in a random order, each once before any comes twice: also a short plan has variety. */
function deck(cards: readonly Card[], random: SeededRandom) {
  let left: Card[] = [];
  return {
    /** The next card that ends within so many ms; undefined when none does. */
    draw(withinMs: number): Card | undefined {
      const fits = ({ longestMs, recoveryMs }: Card): boolean => longestMs + recoveryMs <= withinMs;
      if (!left.some(fits)) left = [...left, ...random.shuffled(cards.filter((card) => !left.includes(card)))];
      const index = left.findIndex(fits);
      return index < 0 ? undefined : left.splice(index, 1)[0];
    },
  };
}
