import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '#provision/cluster/lab.ts';
import { allUnits } from '../stack/stack.ts';
import { scenario } from '../scenario.ts';
import { clockJournal } from '../harness/probes/clock-journal.ts';
import { type ClockError, measureClockError } from '../harness/probes/clock-error.ts';
import { startProbes } from '../harness/probes/probe-process.ts';
import { readSamples } from '../harness/record/read-samples.ts';
import { type ProbeName, probeNames } from '../harness/record/sample.ts';
import { summariseProbes } from '../harness/record/summarise-probes.ts';
import type { ProbeSummary } from '../harness/record/run-report.ts';

/** Makes sure that the stack runs, and does nothing to it. */
export const deployedStack = scenario({
  name: 'undisturbed',
  summary: 'The deployed stack, left alone.',
  needs: { stack: 'deployed', probes: [] },
  parameters: {},
  run: async (context) => {
    const { lab } = context;
    await context.until(lab.fleet.unitsRunning(allUnits), { within: lab.config.timers.deployDeadlineMs });
  },
});

export interface ProbeFigures {
  /** CPU time of the probe process, per cent of one core: all probes, and a process of the same kind that asks nothing. */
  readonly cpuPercent: number;
  readonly idlePercent: number;
  readonly tookMs: number;
  readonly probes: readonly ProbeSummary[];
  readonly troubles: readonly string[];
  readonly clock: ClockError;
}

/** What the probes cost and see on a deployed stack that nothing is done to; both processes run at the same time. */
export async function probeFigures(
  lab: Lab,
  forMs: number,
  names: readonly ProbeName[] = probeNames,
): Promise<ProbeFigures> {
  const runDir = await mkdtemp(join(tmpdir(), 'lab-bench-probes-'));
  const troubles: string[] = [];
  const start = (probes: readonly ProbeName[], runId: string) =>
    startProbes({
      lab,
      probes,
      runDir,
      runId,
      onEvent: ({ type, data }) => {
        if (type === 'probe-failing' || (type === 'probe-ended' && data.error !== undefined))
          troubles.push(`${type} ${JSON.stringify(data)}`);
      },
    });
  try {
    const [asking, idle] = await Promise.all([start(names, `bench-${Date.now()}`), start([], 'idle')]);
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const tookMs = performance.now() - began;
    const [busy, still] = await Promise.all([asking.stop(), idle.stop()]);
    const { machines, stretch } = lab.config;
    const clock = await measureClockError(await lab.runningProvider(), machines, clockJournal(lab), stretch);
    return {
      cpuPercent: busy.cpuPercent,
      idlePercent: still.cpuPercent,
      tookMs,
      troubles,
      clock,
      probes: summariseProbes(await readSamples(asking.samplesFile)),
    };
  } finally {
    await rm(runDir, { recursive: true, force: true });
  }
}
