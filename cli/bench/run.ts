import type { Lab } from '#provision/cluster/lab.ts';
import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { runScenario } from '#scenarios/harness/run/run-scenario.ts';
import { prepareStack } from '#scenarios/stack/stack.ts';

/** A scenario to its end, without a word on the way. @param run as `runScenario` takes it */
export function benchRun(
  lab: Lab,
  run: Pick<Parameters<typeof runScenario>[0], 'scenario' | 'parameters' | 'command'>,
): Promise<RunReport> {
  return runScenario({ ...run, lab, prepareStack, signal: new AbortController().signal, onEvent: () => undefined });
}
