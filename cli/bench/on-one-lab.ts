import type { Lab } from '#provision/cluster/lab.ts';
import { bareBoot, type Cost, warmUp } from '#scenarios/bench/warm-up.ts';
import { deployedStack, probeFigures } from '#scenarios/bench/probes.ts';
import { median, stepStatistics } from '#scenarios/bench/failover-series.ts';
import { failover } from '#scenarios/failover/failover.ts';
import { takeScenarioLock } from '#scenarios/harness/faults/scenario-lock.ts';
import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { seconds } from '#errors/seconds.ts';
import { benchRun } from './run.ts';
import { parseParameters, scenarioCommand } from '../parse-parameters.ts';
import { table } from '../render/table.ts';

/** `npm run bench -- warm-up`: a warm `lab up` against its floor, in turn. The lab is destroyed before and after. */
export async function benchWarmUp(lab: Lab, rounds: number): Promise<void> {
  await warmUp(lab);
  await lab.destroy();
  const floors: Cost[] = [];
  const ups: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await bareBoot(lab));
    ups.push(await warmUp(lab));
    await lab.destroy();
  }
  const times = (costs: readonly Cost[]) => costs.map(({ ms }) => ms);
  const row = (name: string, costs: readonly Cost[]) => [
    name,
    seconds(median(times(costs))),
    seconds(Math.min(...times(costs))),
    seconds(Math.max(...times(costs))),
    seconds(median(costs.map(({ cpuMs }) => cpuMs))),
  ];
  console.log(`\nwarm lab up against its floor, ${rounds} rounds, interleaved`);
  console.log(
    table(
      ['', 'MEDIAN', 'BEST', 'WORST', "THE HOST'S CPU"],
      [row('three machines booted bare, at once', floors), row('lab up: etcd, flannel, Docker, fleet ready', ups)],
    ),
  );
  console.log(`ratio of the medians: ${(median(times(ups)) / median(times(floors))).toFixed(2)}`);
}

/** `npm run bench -- failover [halt,cut,...]`: the same failover again and again, every kind in turn. */
export async function benchFailover(lab: Lab, rounds: number, kinds: readonly string[]): Promise<void> {
  const release = await takeScenarioLock(lab.paths, 'npm run bench');
  await lab.up();
  const reports = new Map<string, RunReport[]>(kinds.map((by) => [by, []]));
  const { parameters: specs } = failover;
  for (let round = 1; round <= rounds; round += 1) {
    for (const by of kinds) {
      const { values } = parseParameters('failover', specs, ['--by', by]);
      const report = await benchRun(lab, {
        scenario: failover,
        parameters: values,
        command: scenarioCommand('failover', specs, values),
      });
      reports.get(by)?.push(report);
      console.log(
        `round ${round}/${rounds} ${by}: ${report.verdict} after ${seconds(report.tookMs)}; ${report.sentence}`,
      );
    }
  }
  await release();
  for (const [by, all] of reports) console.log(`\n${seriesText(by, all)}`);
}

function seriesText(by: string, reports: readonly RunReport[]): string {
  const shown = (ms: number | undefined) => (ms === undefined ? '-' : seconds(ms));
  const steps = stepStatistics(reports).map((s) => [
    s.step,
    shown(s.medianMs),
    shown(s.worstMs),
    shown(s.predictedMaxMs),
  ]);
  const took = reports.map(({ tookMs }) => tookMs);
  const verdicts = ['pass', 'fail', 'unknown'].map((v) => `${reports.filter((r) => r.verdict === v).length} ${v}`);
  return [
    `failover --by ${by}: ${reports.length} runs (${verdicts.join(', ')}), seconds since the fault`,
    table(['STEP', 'MEDIAN', 'WORST', 'PREDICTED AT MOST'], steps),
    `the whole run: median ${seconds(median(took))}, worst ${seconds(Math.max(...took))}`,
  ].join('\n');
}

/** `npm run bench -- probes`: what the probes cost and how exact their times are, on the stack as it runs undisturbed. */
export async function benchProbes(lab: Lab): Promise<void> {
  await lab.up();
  await benchRun(lab, {
    scenario: deployedStack,
    parameters: {},
    command: 'npm run bench -- probes',
  });
  const figures = await probeFigures(lab, 30_000);
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  console.log(`\nall probes at 20 Hz for ${seconds(figures.tookMs)}, against the same process asking nothing`);
  console.log(`CPU: ${figures.cpuPercent.toFixed(2)} % of one core (idle ${figures.idlePercent.toFixed(2)} %)`);
  const answers = figures.probes.map((p) => [
    p.probe,
    String(p.asked),
    String(p.failed),
    ms(p.medianMs),
    ms(p.p99Ms),
    ms(p.worstMs),
  ]);
  console.log(table(['PROBE', 'ASKED', 'FAILED', 'MEDIAN', 'P99', 'WORST'], answers));
  console.log('(socket: the age of the newest message)');
  for (const trouble of figures.troubles) console.log(trouble);
  const clocks = figures.clock.machines.map((m) => [m.machine, ms(m.leastMs), ms(m.medianMs), ms(m.worstMs)]);
  console.log("\nclock error: a line's time in the machine's journal minus the time it was sent");
  console.log(table(['MACHINE', 'LEAST', 'MEDIAN', 'WORST'], clocks));
}
