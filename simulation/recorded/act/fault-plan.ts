import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { FaultAction } from '#scenarios/harness/record/fault-record.ts';
import type { Which } from '../../plan/plan.ts';

/** One fault of a plan, and what comes on top while it lasts. */
export interface PlannedFault {
  readonly on: Which;
  readonly action: FaultAction;
  /** 0: it is over when its daemon is back. */
  readonly lastsMs: number;
  /** Time without a fault before it, ms. */
  readonly afterMs: number;
  /** A daemon of another machine that is killed in the middle of it. */
  readonly besides: { readonly unit: string; readonly next: number } | undefined;
}

const [halt, cut, pause, partition]: readonly FaultAction[] = [
  { kind: 'halt' },
  { kind: 'cut' },
  { kind: 'pause' },
  { kind: 'partition', from: 'all' },
];
const kill = (unit: string): FaultAction => ({ kind: 'kill', unit });
const usual = [halt, cut, pause, partition, kill('fleet.service'), kill('etcd.service')] as FaultAction[];
const all = [...usual, kill('flanneld.service'), kill('docker.service')];

/** Longer than a machine's picture of etcd may be old after a fault, so that nobody is excused for a while, ms. */
const longAfterMs = 45_000;

/**
 * So many faults, one after the other: the six kinds that fleet has to do with first, each once, then all of them in turn. Pure.
 * @param longestMs of those that last
 */
export function planFaults(
  count: number,
  { machines, longestMs }: { machines: number; longestMs: number },
  random: SeededRandom,
): PlannedFault[] {
  const actions: FaultAction[] = random.shuffled(usual);
  while (actions.length < count) actions.push(...random.shuffled(all));
  return actions.slice(0, count).map((action, index): PlannedFault => {
    const isLasting = action.kind !== 'kill';
    const on = random.pick<Which>(['engine', 'etcd', random.integer(1, machines)]);
    const unit = random.pick(['fleet.service', 'etcd.service']);
    const next = random.integer(1, machines - 1);
    const hasBesides = isLasting && random.chance(0.3);
    return {
      on,
      action,
      lastsMs: isLasting ? random.integer(longestMs / 4, longestMs) : 0,
      afterMs: index >= usual.length && random.chance(0.3) ? longAfterMs : random.integer(500, 5_000),
      besides: hasBesides ? { unit, next } : undefined,
    };
  });
}
