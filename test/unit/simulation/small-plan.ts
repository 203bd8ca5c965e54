import type { DesiredWord } from '#simulation/history/event.ts';
import { serviceSection } from '#simulation/machines/unit-behaviour.ts';
import type { Action, Fault, Plan } from '#simulation/plan/plan.ts';

/** Three machines with an etcd member each, and one round of what is given. Seconds since it began. */
export function smallPlan(actions: readonly Action[], lengthSeconds = 30): Plan {
  return {
    seed: 1,
    fleet: { machines: 3, members: 3, ttlSeconds: 5, resyncMs: 3_000 },
    rounds: [{ lengthMs: lengthSeconds * 1000, actions }],
  };
}

export function create(
  atSeconds: number,
  unit: string,
  xFleet = '',
  stopMs = 0,
  desired: DesiredWord = 'launched',
): Action {
  const service = serviceSection({ startMs: 10, stopMs, runsMs: undefined, endsWell: true });
  const text = xFleet === '' ? service : `${service}\n[X-Fleet]\n${xFleet}\n`;
  return { ...at(atSeconds), operation: { kind: 'create', unit, text, desired } };
}

export function want(atSeconds: number, unit: string, desired: DesiredWord): Action {
  return { ...at(atSeconds), operation: { kind: 'want', unit, desired } };
}

export function destroy(atSeconds: number, unit: string): Action {
  return { ...at(atSeconds), operation: { kind: 'destroy', unit } };
}

export function metadata(atSeconds: number, machine: string, key: string, value: string): Action {
  return { ...at(atSeconds), operation: { kind: 'metadata', machine, key, value } };
}

export function fault(atSeconds: number, what: Fault): Action {
  return { atMs: atSeconds * 1000, does: 'fault', ...what };
}

function at(seconds: number) {
  return { atMs: seconds * 1000, does: 'operation', client: 1 } as const;
}
