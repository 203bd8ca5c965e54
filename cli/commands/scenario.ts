import { LabError } from '../../errors/lab-error.ts';
import { findScenario, scenarios } from '../../scenarios/catalog.ts';
import { runScenario } from '../../scenarios/harness/run-scenario.ts';
import { verdictExitCodes } from '../../scenarios/harness/verdict.ts';
import type { LabEvent } from '../../provision/cluster/lab-event.ts';
import { openLab, requireRoot } from '../open-lab.ts';
import { Progress } from '../render/progress.ts';
import { renderRunEvent, renderRunReport } from '../render/run.ts';
import { table } from '../render/table.ts';

export async function scenario(
  repoDir: string,
  name: string | undefined,
  options: { cut?: boolean; json?: boolean },
): Promise<void> {
  if (name === undefined) {
    if (options.json === true)
      console.log(JSON.stringify(scenarios.map((s) => ({ name: s.name, summary: s.summary }))));
    else
      console.log(
        table(
          ['SCENARIO', 'WHAT IT SHOWS'],
          scenarios.map((s) => [s.name, s.summary]),
        ),
      );
    return;
  }
  const chosen = findScenario(name);
  if (options.cut === true && chosen.name !== 'failover') {
    throw new LabError({ code: 'usage.option', cause: `scenario ${name} has no --cut`, next: `lab scenario ${name}` });
  }
  requireRoot(`scenario ${name}`);
  const progress = new Progress();
  // Live lines while the lab comes up; during the run its lines would overwrite the run's own.
  let show: (event: LabEvent) => void = options.json === true ? () => undefined : progress.onEvent;
  const lab = openLab(repoDir, (event) => show(event));
  for (const notice of lab.config.notices) console.error(`note: ${notice}`);
  await lab.up().finally(() => progress.stop());
  show = () => undefined;

  const report = await runScenario({
    scenario: chosen,
    lab,
    parameters: { by: options.cut === true ? 'cut' : 'halt' },
    onEvent: options.json === true ? (event) => console.log(JSON.stringify(event)) : renderRunEvent(),
  });
  if (options.json !== true) console.log(renderRunReport(report));
  process.exitCode = verdictExitCodes[report.verdict];
}
