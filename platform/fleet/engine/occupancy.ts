import type { Placeable } from '../unit/requirements.ts';
import { staticProblem } from './can-run.ts';
import { conflictProblem } from './conflicts.ts';
import { byNameOrder } from './order.ts';
import type { Machine } from '../parts/model.ts';

/** What runs on each machine while a pass goes on. */
export type Occupancy = Map<string, Map<string, Placeable>>;

/**
 * Global units that a machine runs beside the units scheduled to it: metadata matches and nothing there conflicts.
 * The engine (load, conflicts) and the agent (what to start) both ask this function, so they cannot disagree.
 */
export function globalsFor<T extends Placeable>(
  machine: Machine,
  globals: readonly T[],
  scheduled: readonly Placeable[],
): T[] {
  const running: Placeable[] = [...scheduled];
  const chosen: T[] = [];
  for (const unit of [...globals].sort(byNameOrder)) {
    if (staticProblem(unit, machine) !== undefined || conflictProblem(unit, machine, running) !== undefined) continue;
    running.push(unit);
    chosen.push(unit);
  }
  return chosen;
}
