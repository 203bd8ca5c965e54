import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allUnits } from '../stack/stack.ts';
import { summariseProbes } from '../harness/record/summarise-probes.ts';
import { seconds, statedSeconds } from '#errors/seconds.ts';
import type { Finding } from '../harness/record/verdict.ts';
import { integer, scenario, type ScenarioContext } from '../scenario.ts';
import { converge, convergeDeadlineMs, predictedConvergence } from './converge.ts';
import { describeFault } from './describe.ts';
import { planChaos, type PlannedFault } from './plan.ts';
import { type Carried, runPlan } from './run-plan.ts';

const parameters = {
  seed: integer({ standard: 1, min: 0, max: 2 ** 31 - 1 }, 'the same seed makes the same plan'),
  minutes: integer({ standard: 3, min: 1, max: 60 }, 'length of a plan'),
  rounds: integer({ standard: 1, min: 1, max: 100 }, 'plans one after another, each with the next seed and a verdict'),
};

type Context = ScenarioContext<{ readonly seed: number; readonly minutes: number; readonly rounds: number }>;

/** Random faults under load within what the quorum allows; then everything must come to be as it was. */
export const chaos = scenario({
  name: 'chaos',
  summary: 'random faults from a seed, within what the quorum allows, under load; then everything comes back',
  needs: { stack: 'deployed', capabilities: ['exec'] },
  parameters,
  run,
});

async function run(context: Context): Promise<void> {
  const { seed, minutes, rounds } = context.parameters;
  await context.snapshot('before');
  let faults = 0;
  for (let round = 0; round < rounds; round++) {
    const outcome = await runRound(context, seed + round);
    faults += outcome.injected;
    // A plan on ruins proves nothing; what is broken is kept as it is for whoever looks.
    if (!outcome.converged) {
      if (round + 1 < rounds) context.note(`seeds after ${seed + round} were not tried`);
      break;
    }
  }
  await context.snapshot('after');
  context.fact('faults', faults);
  context.afterwards(({ samples }) => {
    const summaries = summariseProbes(samples);
    const failed = summaries.reduce((sum, one) => sum + one.failed, 0);
    const asked = summaries.reduce((sum, one) => sum + one.asked, 0);
    context.fact('failed requests', `${failed} of ${asked}`);
    const page = summaries.find(({ probe }) => probe === 'page');
    if (page !== undefined) context.fact('longest time without the page on any machine', seconds(page.longestOutageMs));
  });
  context.note(
    `again: lab scenario chaos --seed ${seed} --minutes ${minutes}${rounds > 1 ? ` --rounds ${rounds}` : ''}`,
  );
}

async function runRound(context: Context, seed: number): Promise<{ injected: number; converged: boolean }> {
  const { lab, parameters, fault } = context;
  const { minutes } = parameters;
  const machines = lab.machines.map(({ name }) => name);
  const plan = planChaos({ seed, minutes, machines, capabilities: lab.capabilities, units: allUnits });
  const file = parameters.rounds === 1 ? 'plan.json' : `plan-${seed}.json`;
  await writeFile(join(context.runDir, file), `${JSON.stringify({ seed, minutes, faults: plan }, undefined, 2)}\n`);
  context.phase(`chaos, seed ${seed}`);
  context.note(`${plan.length} faults planned in ${minutes} min (${file}), the first: ${describe(plan[0])}`);
  const carried = await runPlan(plan, minutes * 60_000, context);

  context.phase(`convergence, seed ${seed}`);
  await fault.undoAll();
  const undoneMs = context.now();
  const outcome = await converge(context);
  const group = `seed ${seed}`;
  const toMs = 'atMs' in outcome ? outcome.atMs : undefined;
  const predicted = predictedConvergence(lab.config.timers.fleetAgentTtlMs, lab.config.fleet.fence);
  context.measure('last fault undone -> converged', { from: undoneMs, to: toMs, predicted, group });
  context.invariant(convergence(seed, outcome, undoneMs));
  context.invariant(carriedOut(seed, plan.length, carried));
  return { injected: carried.injected, converged: toMs !== undefined };
}

function describe(fault: PlannedFault | undefined): string {
  return fault === undefined ? 'none' : describeFault(fault);
}

function convergence(seed: number, outcome: { atMs: number } | { missing: string }, undoneMs: number): Finding {
  const name = `seed ${seed}: everything runs again within ${statedSeconds(convergeDeadlineMs)} of the last fault`;
  return 'missing' in outcome
    ? { name, verdict: 'fail', evidence: outcome.missing }
    : { name, verdict: 'pass', evidence: `after ${seconds(outcome.atMs - undoneMs)}` };
}

/** A plan of which much was left out has shown little. */
function carriedOut(seed: number, planned: number, { injected, leftOut }: Carried): Finding {
  const enough = injected >= Math.ceil(planned / 2) && injected > 0;
  return {
    name: `seed ${seed}: the plan was carried out`,
    verdict: enough ? 'pass' : 'unknown',
    evidence: [`${injected} of ${planned} faults`, ...leftOut].join('; '),
  };
}
