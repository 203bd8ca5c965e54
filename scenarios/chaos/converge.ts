import { LabError } from '#errors/lab-error.ts';
import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import { statedSeconds } from '#errors/seconds.ts';
import { allUnits, stackLayers, waitingFor } from '../stack/stack.ts';
import { fenceWaitMs, shippedRestartMs } from '../harness/prediction/stated-timers.ts';
import type { Prediction } from '../harness/record/run-report.ts';
import type { ScenarioContext } from '../scenario.ts';

/** From the last undoing until everything is as it was, ms. */
export const convergeDeadlineMs = 120_000;

type Context = Pick<ScenarioContext, 'lab' | 'until' | 'now'>;

/** @returns when everything was there again, ms of the run; else what was missing when the time was over */
export async function converge(context: Context): Promise<{ atMs: number } | { missing: string }> {
  const { lab } = context;
  const beganMs = context.now();
  const conditions: Condition[] = [
    everyMachineListed(context),
    lab.etcd.healthy(),
    stackComplete(context),
    lab.page.showsRows(lab.machines.length, beganMs),
    lab.page.changes(beganMs),
  ];
  try {
    for (const condition of conditions) {
      await context.until(condition, { within: Math.max(1, beganMs + convergeDeadlineMs - context.now()) });
    }
    // What came last may have cost what came first: all of it at the same time.
    const whole = await context.until(allOf(conditions), {
      within: Math.max(1, beganMs + convergeDeadlineMs - context.now()),
    });
    return { atMs: whole.atMs };
  } catch (error) {
    if (!(error instanceof LabError && error.code.startsWith('timeout.'))) throw error;
    return { missing: [error.message, ...error.evidence.slice(0, 2)].join('; ') };
  }
}

/** What the slowest way back takes: fleet notices, Couchbase's unit waits its RestartSec, then the worker its own. */
export function predictedConvergence(fleetAgentTtlMs: number, fence: boolean): Prediction {
  const { 'couchbase@.service': couchbase, 'worker.service': worker } = shippedRestartMs;
  const [start, rows] = [6_000, 3_000];
  const fenceMs = fence ? fenceWaitMs(fleetAgentTtlMs) : 0;
  const terms = [
    `at most presence TTL ${statedSeconds(fleetAgentTtlMs)}`,
    ...(fence ? [`the fence ${statedSeconds(fenceMs)}`] : []),
    `couchbase RestartSec ${statedSeconds(couchbase)}`,
    `its start ${statedSeconds(start)}`,
    `worker RestartSec ${statedSeconds(worker)}`,
    `rows ${statedSeconds(rows)}`,
  ];
  return { minMs: 0, maxMs: fleetAgentTtlMs + fenceMs + couchbase + start + worker + rows, terms: terms.join(' + ') };
}

function everyMachineListed({ lab }: Context): Condition {
  return {
    name: `fleet lists ${lab.machines.length} machines`,
    missing: async () => {
      const absent = lab.machines.map(({ name }) => name).filter((name) => !lab.fleet.view.machines.includes(name));
      return absent.length === 0 ? undefined : `fleet does not list ${absent.join(', ')}`;
    },
  };
}

function stackComplete({ lab }: Context): Condition {
  const whole = { units: allUnits, keys: stackLayers.flatMap(({ keys }) => keys) };
  const running = lab.fleet.unitsRunning(allUnits);
  return {
    name: `${allUnits.length} units running, ${whole.keys.length} keys registered`,
    missing: async () => waitingFor(lab.fleet.view, whole),
    evidence: async () => (await running.evidence?.()) ?? [],
  };
}

function allOf(conditions: readonly Condition[]): Condition {
  return {
    name: 'all of it at once',
    missing: async () => {
      for (const condition of conditions) {
        const missing = await condition.missing();
        if (missing !== undefined) return missing;
      }
      return undefined;
    },
  };
}
