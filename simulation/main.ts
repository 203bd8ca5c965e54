import { endProgram } from '#errors/end-program.ts';
import type { Violation } from './checkers/judge.ts';
import { readOptions, usageText } from './options.ts';
import { makePlan } from './plan/make-plan.ts';
import type { Plan } from './plan/plan.ts';
import { runPlan, type Outcome } from './run/run-plan.ts';
import { shrinkPlan } from './shrink/shrink-plan.ts';
import { transcript } from './shrink/transcript.ts';
import { tallyOf, tallyText } from './tally.ts';

const progressMs = 30_000;

/** `npm run simulate`: fleets on simulated time, seed after seed, and what they break. Ends with 1 when they broke something. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), Math.floor(Math.random() * 2 ** 31));
  if (options.help) return console.log(usageText);
  const say = (line: string): void => {
    if (!options.json) console.log(line);
  };
  if (options.isFresh) say(`seed ${options.seeds.join()}`);
  const [wallSince, cpuSince] = [performance.now(), process.cpuUsage()];
  const took = () => {
    const { user, system } = process.cpuUsage(cpuSince);
    return { wallMs: performance.now() - wallSince, cpuMs: (user + system) / 1000 };
  };
  const outcomes: Outcome[] = [];
  const failures: { seed: number; violation: Violation; shrunk: Plan; transcript: string }[] = [];
  let toldAt = wallSince;
  for (const seed of options.seeds) {
    const plan = makePlan(seed, options.hours, options.fence);
    const outcome = await runPlan(plan);
    outcomes.push(outcome);
    const { violation } = outcome;
    if (violation !== undefined) {
      say(`seed ${seed}: ${violation.checker} at ${(violation.at / 1000).toFixed(3)} s: ${violation.what}`);
      const shrunk = await shrinkPlan({ plan, violation, rounds: outcome.rounds }, {});
      const text = await transcript(shrunk.plan, {});
      failures.push({ seed, violation, shrunk: shrunk.plan, transcript: text });
      say(
        `${text}\nagain: npm run simulate -- --seed ${seed} --hours ${options.hours}${options.fence ? ' --fence' : ''}\n`,
      );
    }
    if (performance.now() - toldAt < progressMs) continue;
    toldAt = performance.now();
    process.stderr.write(`seed ${seed}: ${tallyText(tallyOf(outcomes, took())).split('\n').join('; ')}\n`);
  }
  const tally = tallyOf(outcomes, took());
  if (options.json) console.log(JSON.stringify({ ...tally, hoursOfEach: options.hours, failures }));
  else console.log(tallyText(tally));
  if (failures.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => endProgram('simulate', error));
