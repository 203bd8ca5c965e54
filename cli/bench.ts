import type { Lab } from '../provision/cluster/lab.ts';
import { bareBootMs, warmUpMs } from '../scenarios/bench/warm-up.ts';
import { failover } from '../scenarios/failover/failover.ts';
import { runScenario } from '../scenarios/harness/run-scenario.ts';
import { openLab, requireRoot } from './open-lab.ts';
import { renderError } from './render/error.ts';
import { seconds } from './render/progress.ts';
import { table } from './render/table.ts';

const rounds = Number(process.env['LAB_BENCH_ROUNDS'] ?? 5);

/** `npm run bench [-- warm-up|failover]`: figures that compare two things in one run; medians over interleaved rounds. */
async function main(): Promise<void> {
  requireRoot('bench');
  const lab = openLab(process.env['LAB_ROOT'] ?? process.cwd());
  const [only] = process.argv.slice(2);
  if (only === undefined || only === 'warm-up') await benchWarmUp(lab);
  if (only === undefined || only === 'failover') await benchFailover(lab);
  await lab.destroy();
}

async function benchWarmUp(lab: Lab): Promise<void> {
  await warmUpMs(lab);
  await lab.destroy();
  const floors: number[] = [];
  const ups: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await bareBootMs(lab));
    ups.push(await warmUpMs(lab));
    await lab.destroy();
  }
  const row = (name: string, values: number[]) => [
    name,
    seconds(median(values)),
    seconds(Math.min(...values)),
    seconds(Math.max(...values)),
  ];
  console.log(`\nwarm lab up against its floor, ${rounds} rounds, interleaved`);
  console.log(
    table(
      ['', 'MEDIAN', 'BEST', 'WORST'],
      [row('three machines booted bare, at once', floors), row('lab up: etcd, flannel, Docker, fleet ready', ups)],
    ),
  );
  console.log(`ratio of the medians: ${(median(ups) / median(floors)).toFixed(2)}`);
}

async function benchFailover(lab: Lab): Promise<void> {
  await lab.up();
  const reports = [];
  for (const by of ['halt', 'cut'] as const) {
    reports.push(await runScenario({ scenario: failover, lab, parameters: { by }, onEvent: () => undefined }));
  }
  const [halt, cut] = reports;
  const at = (index: number, report: typeof halt) => {
    const [fault, step] = [report?.timeline[0]?.atMs, report?.timeline[index]?.atMs];
    return fault === undefined || step === undefined ? '-' : seconds(step - fault);
  };
  console.log('\nfailover: seconds since the fault');
  const names = halt?.timeline.map(({ name }) => name) ?? [];
  console.log(
    table(
      ['STEP', 'HALT', 'CUT'],
      names.map((name, index) => [name, at(index, halt), at(index, cut)]),
    ),
  );
  console.log(`verdicts: halt ${halt?.verdict ?? '-'}, cut ${cut?.verdict ?? '-'}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

main().catch((error: unknown) => {
  process.exitCode = renderError(error);
});
