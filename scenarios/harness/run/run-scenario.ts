import { LabError } from '#errors/lab-error.ts';
import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import type { Scenario } from '../context/scenario.ts';
import { conclude } from './conclude.ts';
import { type OpenRun, openRun } from './open-run.ts';
import { startProbes } from '../probes/probe-process.ts';
import type { RunReport } from '../record/run-report.ts';
import type { RunRequest } from './run-request.ts';

/**
 * Runs a scenario on a lab that is up. Evidence is kept whatever happens, and every fault is undone.
 * Whoever calls it holds the lab's scenario lock.
 * @throws LabError `state.lab-down`, `state.capability`: before anything is done to the lab
 */
export async function runScenario(request: RunRequest): Promise<RunReport> {
  const { scenario, lab } = request;
  const provider = await lab.runningProvider();
  requireCapabilities(scenario, provider);
  const run = await openRun(request, provider);
  try {
    await carryOut(run);
  } catch (error) {
    run.brokenOff(error);
  }
  return conclude(run);
}

async function carryOut(run: OpenRun): Promise<void> {
  const { context, request, cluster } = run;
  await cluster.start();
  await request.prepareStack(context, request.scenario.needs.stack);
  if (run.probeNames.length > 0) {
    run.probes = await startProbes({
      lab: request.lab,
      probes: run.probeNames,
      runDir: run.runDir,
      runId: run.id,
      onEvent: (event) => void run.log.addSeen(event),
    });
  }
  await request.scenario.run(context);
}

function requireCapabilities(scenario: Scenario, provider: MachineProvider): void {
  const lacking = (scenario.needs.capabilities ?? []).filter((one) => !provider.capabilities.includes(one));
  if (lacking.length === 0) return;
  throw new LabError({
    code: 'state.capability',
    cause: `scenario ${scenario.name} needs ${lacking.join(', ')}, which provider ${provider.name} cannot do`,
    next: 'lab scenario',
  });
}
