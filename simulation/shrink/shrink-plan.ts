import type { Action, Plan, Round } from '../plan/plan.ts';
import type { Violation } from '../checkers/judge.ts';
import { runPlan, type RunOptions } from '../run/run-plan.ts';
import { shrinkList } from './shrink-list.ts';

/** A plan that still breaks the promise, and how. */
export interface Shrunk {
  readonly plan: Plan;
  readonly violation: Violation;
  /** Simulations that it took. */
  readonly runs: number;
}

/**
 * What is left out moves all that is random after it; so a shorter plan is tried with a few seeds, and any of them will do.
 */
const seedsTried = 4;

/**
 * Makes a failing plan as short as it gets within a number of simulations: fewer rounds, fewer actions, shorter faults.
 * @param failing a plan, the promise that it breaks, and how many of its rounds had begun by then
 */
export async function shrinkPlan(
  failing: { readonly plan: Plan; readonly violation: Violation; readonly rounds: number },
  options: Pick<RunOptions, 'tampering'>,
  mostRuns = 600,
): Promise<Shrunk> {
  const { checker } = failing.violation;
  const begun: Plan = { ...failing.plan, rounds: failing.plan.rounds.slice(0, failing.rounds) };
  let best: Pick<Shrunk, 'plan' | 'violation'> = { plan: begun, violation: failing.violation };
  let runs = 0;
  const fails = async (rounds: readonly Round[]): Promise<boolean> => {
    for (let i = 0; i < seedsTried && runs < mostRuns; i++) {
      const plan: Plan = { seed: best.plan.seed + i, fleet: best.plan.fleet, rounds };
      runs += 1;
      const { violation } = await runPlan(plan, options);
      if (violation?.checker !== checker) continue;
      best = { plan, violation };
      return true;
    }
    return false;
  };
  // Mostly the last round has it all.
  const { rounds } = best.plan;
  for (let last = 1; last < rounds.length; last *= 2) if (await fails(rounds.slice(-last))) break;
  await shrinkList(best.plan.rounds, fails);
  for (let index = best.plan.rounds.length - 1; index >= 0; index--) {
    const withActions = (actions: readonly Action[]): Round[] =>
      best.plan.rounds.map((round, at) => (at === index ? { lengthMs: round.lengthMs, actions } : round));
    await shrinkList(best.plan.rounds[index]?.actions ?? [], (actions) => fails(withActions(actions)));
    await shorten(index);
  }
  return { plan: best.plan, violation: best.violation, runs };

  /** A round that ends soon after its last action, with faults that last half as long, as often as that still fails. */
  async function shorten(index: number): Promise<void> {
    const round = best.plan.rounds[index];
    if (round === undefined) return;
    const replaced = (by: Round): Round[] => best.plan.rounds.map((one, at) => (at === index ? by : one));
    const last = Math.max(0, ...round.actions.map(({ atMs }) => atMs));
    for (const lengthMs of [last + 1_000, last + 10_000, last + 60_000])
      if (lengthMs < round.lengthMs && (await fails(replaced({ lengthMs, actions: round.actions })))) break;
    for (const at of round.actions.keys()) {
      for (let i = 0; i < 4; i++) {
        const now = best.plan.rounds[index] ?? round;
        const actions = now.actions.map((action, which) => (which === at ? halved(action) : action));
        if (!(await fails(replaced({ lengthMs: now.lengthMs, actions })))) break;
      }
    }
  }
}

function halved(action: Action): Action {
  if (action.does === 'operation' || !('lastsMs' in action)) return action;
  return { ...action, lastsMs: Math.round(action.lastsMs / 2) };
}
