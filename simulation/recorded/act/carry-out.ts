import { setTimeout as atTime } from 'node:timers/promises';
import type { SeededRandom } from '#scenarios/chaos/seeded-random.ts';
import type { FaultKit } from '#scenarios/harness/record/fault-record.ts';
import type { FleetUser } from './fleet-user.ts';
import type { PlannedFault } from './fault-plan.ts';
import { userOf, type Workload } from './workload.ts';

/** What a plan is carried out with. */
export interface Hands {
  readonly users: readonly FleetUser[];
  readonly workload: Workload;
  readonly fault: FaultKit;
  readonly machines: readonly string[];
  /** The machine that leads now; undefined: nobody. */
  leader(of: 'engine' | 'etcd'): Promise<string | undefined>;
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
}

/** Between two operations of the users, ms. */
const [leastPauseMs, mostPauseMs] = [200, 3_000];

/** Faults one after the other, and users who ask for things all the while; resolves when all faults are undone and every user has been answered. */
export async function carryOut(plan: readonly PlannedFault[], hands: Hands): Promise<void> {
  for (const operation of hands.workload.first()) hands.users[userOf(operation)]?.perform(operation);
  const ended = new AbortController();
  const asking = askOnAndOn(hands, AbortSignal.any([ended.signal, hands.signal]));
  try {
    for (const fault of plan) await doOne(fault, hands);
  } finally {
    ended.abort();
    await asking;
    await hands.fault.undoAll();
  }
  await Promise.all(hands.users.map((user) => user.idle()));
}

async function askOnAndOn({ users, workload, random }: Hands, signal: AbortSignal): Promise<void> {
  for (;;) {
    const isGoingOn = await atTime(random.integer(leastPauseMs, mostPauseMs), true, { signal }).catch(() => false);
    if (!isGoingOn) return;
    const operation = workload.next();
    users[userOf(operation)]?.perform(operation);
  }
}

async function doOne({ on, action, lastsMs, afterMs, besides }: PlannedFault, hands: Hands): Promise<void> {
  const { machines, fault, signal } = hands;
  await atTime(afterMs, undefined, { signal });
  const target = typeof on === 'number' ? machines[on - 1] : ((await hands.leader(on)) ?? machines[0]);
  if (target === undefined) return;
  const done = await fault.inject(target, action);
  await atTime(lastsMs / 2, undefined, { signal });
  const other = machines[(machines.indexOf(target) + (besides?.next ?? 0)) % machines.length];
  const beside =
    besides === undefined || other === undefined
      ? undefined
      : await fault.inject(other, { kind: 'kill', unit: besides.unit });
  await atTime(lastsMs / 2, undefined, { signal });
  await done.undo();
  await beside?.undo();
}
