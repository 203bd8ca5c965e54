import type { RunEvent } from '../event-log.ts';
import type { Finding } from '../verdict.ts';

/** Where each unit was active at each moment of the run, replayed from the recorded `unit-state` events. */
function* activePlacements(
  events: readonly RunEvent[],
): Generator<{ event: RunEvent; active: ReadonlyMap<string, Set<string>> }> {
  const active = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.type !== 'unit-state') continue;
    const { unit, machine, state } = event.data as { unit: string; machine: string; state: string | null };
    const machines = active.get(unit) ?? new Set<string>();
    if (state === 'active/running') machines.add(machine);
    else machines.delete(machine);
    active.set(unit, machines);
    yield { event, active };
  }
}

/** No two web units were ever active on one machine (`Conflicts=web@*.service`). */
export function conflictsHeld(events: readonly RunEvent[]): Finding {
  const name = 'Conflicts=web@*.service never violated';
  let looked = 0;
  for (const { event, active } of activePlacements(events)) {
    looked += 1;
    const machines = [...active].filter(([unit]) => unit.startsWith('web@')).flatMap(([, on]) => [...on]);
    const twice = machines.find((machine, index) => machines.indexOf(machine) !== index);
    if (twice !== undefined)
      return { name, verdict: 'fail', evidence: `two web units on ${twice} at ${event.atMs} ms` };
  }
  if (looked === 0) return { name, verdict: 'unknown', evidence: 'no unit state was recorded' };
  return { name, verdict: 'pass', evidence: `${looked} state changes checked` };
}

/** A sidekick was never active on a machine other than its principal's (`MachineOf=`). */
export function sidekicksFollowed(events: readonly RunEvent[]): Finding {
  const name = "MachineOf: every sidekick on its principal's machine";
  let looked = 0;
  for (const { event, active } of activePlacements(events)) {
    for (const [sidekick, on] of active) {
      const principal = active.get(sidekick.replace('-sidekick@', '@'));
      if (!sidekick.includes('-sidekick@') || principal === undefined) continue;
      looked += 1;
      const astray = [...on].find((machine) => principal.size > 0 && !principal.has(machine));
      if (astray !== undefined) {
        return {
          name,
          verdict: 'fail',
          evidence: `${sidekick} on ${astray}, principal on ${[...principal].join(', ')} at ${event.atMs} ms`,
        };
      }
    }
  }
  if (looked === 0) return { name, verdict: 'unknown', evidence: 'no sidekick was seen' };
  return { name, verdict: 'pass', evidence: `${looked} placements checked` };
}

/** Units that were neither on the broken machine nor unplaced kept their place all through the fault. */
export function nothingElseMoved(events: readonly RunEvent[], fromMs: number, broken: string): Finding {
  const name = 'nothing moved that need not move';
  const moved = events.filter(({ type, atMs, data }) => {
    return type === 'unit-target' && atMs >= fromMs && data['from'] !== null && data['from'] !== broken;
  });
  const [first] = moved;
  if (first === undefined) return { name, verdict: 'pass', evidence: `no unit left a machine other than ${broken}` };
  const { unit, from, to } = first.data as { unit: string; from: string; to: string | null };
  return { name, verdict: 'fail', evidence: `${unit} left ${from} for ${to ?? 'nowhere'} at ${first.atMs} ms` };
}
