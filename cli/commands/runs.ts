import { join } from 'node:path';
import pc from 'picocolors';
import { LabError } from '#errors/lab-error.ts';
import { findScenario } from '#scenarios/catalog.ts';
import { readReport } from '#scenarios/harness/report/read-run.ts';
import { findRuns, type RunPlace } from '#scenarios/harness/report/find-runs.ts';
import { seconds } from '#errors/seconds.ts';
import { table } from '../render/table.ts';
import { printOut } from '../render/terminal.ts';

type RunHead = Pick<
  Awaited<ReturnType<typeof readReport>>,
  'verdict' | 'parameters' | 'startedAt' | 'tookMs' | 'sentence'
>;
type WholeRun = RunPlace & RunHead & { readonly broken?: undefined };
/** `broken`: why there is no more to say. */
type ListedRun = WholeRun | (RunPlace & { readonly broken: string });

/** Lists recorded runs, newest first; a run without a readable report is named with the reason. */
export async function runs(repoDir: string, scenario: string | undefined, options: { json?: boolean }): Promise<void> {
  const all = await findRuns(join(repoDir, 'runs'));
  const places = all.filter((run) => scenario === undefined || run.scenario === scenario);
  // A name that has no runs is a slip of the pen unless there is such a scenario.
  if (places.length === 0 && scenario !== undefined) findScenario(scenario);
  const listed = await Promise.all(places.map(readHead));
  if (options.json === true) {
    console.log(JSON.stringify(listed));
    return;
  }
  if (listed.length === 0) {
    printOut(
      `no runs${scenario === undefined ? '' : ` of ${scenario}`} yet. Next: lab scenario ${scenario ?? 'failover'}`,
    );
    return;
  }
  const whole = listed.filter((run) => run.broken === undefined);
  const [newest] = whole;
  if (newest !== undefined) printOut(table(['RUN', 'VERDICT', '   TOOK', 'PARAMETERS'], whole.map(row)));
  const broken = listed.filter((run) => run.broken !== undefined);
  if (broken.length > 0) printOut(`${whole.length > 0 ? '\n' : ''}without a readable report:`);
  for (const run of broken) printOut(`  ${run.scenario}/${run.time}  ${pc.dim(run.broken)}`);
  if (newest !== undefined) printOut(`\nlab report ${newest.scenario} shows one, lab compare RUN RUN two`);
}

async function readHead({ scenario, time, dir }: RunPlace): Promise<ListedRun> {
  try {
    const { verdict, parameters, startedAt, tookMs, sentence } = await readReport(dir);
    return { scenario, time, dir, verdict, parameters, startedAt, tookMs, sentence };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { scenario, time, dir, broken: error.message.replace(`${dir}/`, '') };
  }
}

function row({ scenario, time, verdict, parameters, tookMs }: WholeRun): string[] {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return [`${scenario}/${time}`, verdict, seconds(tookMs).padStart(7), given.join(' ')];
}
