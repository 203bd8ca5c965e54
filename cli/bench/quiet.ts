import type { Lab } from '#provision/cluster/lab.ts';
import { bookStack, emptyLab } from '#scenarios/bench/book-stack.ts';
import { etcdctlCost } from '#scenarios/bench/etcdctl-cost.ts';
import { labCpu } from '#scenarios/bench/idle-cost.ts';
import { deployedStack } from '#scenarios/bench/probes.ts';
import { statedSeconds } from '#errors/seconds.ts';
import { benchRun } from './run.ts';
import { table } from '../render/table.ts';

/** What is measured, with how much of a core it is to take at most. */
const states = [
  { name: 'no unit', scenario: emptyLab, aimPercent: 6 },
  { name: "the lab's units", scenario: deployedStack, aimPercent: 12 },
  // From an empty lab: units of one name are not replaced while they run.
  { name: "the book's units", scenario: bookStack, aimPercent: 25 },
] as const;

/** What has just been started is still busy with itself, ms. */
const settleMs = 10_000;

/** Programs that take less are not listed, per cent of a core. */
const worthNaming = 0.05;

/** `npm run bench -- quiet [SECONDS]`: what a lab costs in which nothing happens, and what a call of etcdctl costs on a machine. */
export async function benchQuiet(lab: Lab, idleMs: number, calls: number): Promise<void> {
  await lab.up();
  const rows: string[][] = [];
  const names: string[] = [];
  for (const { name, scenario, aimPercent } of states) {
    await benchRun(lab, {
      scenario,
      parameters: {},
      command: 'npm run bench -- quiet',
    });
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const cpu = await labCpu(lab.paths.cgroup, idleMs);
    rows.push([name, percent(cpu.percent), percent(aimPercent), (cpu.percent / aimPercent).toFixed(2)]);
    const named = cpu.programs
      .filter(([, of]) => of >= worthNaming)
      .map(([program, of]) => `${program} ${percent(of)}`);
    names.push(`${name}: ${named.join(', ')}; what came and went ${percent(cpu.passingPercent)}`);
  }
  console.log(`\nCPU time of the whole lab, of one core, while nothing happens for ${statedSeconds(idleMs)}`);
  console.log(table(['', 'TAKES', 'AIM', 'RATIO'], rows));
  for (const line of names) console.log(line);

  const costs = await etcdctlCost(lab, calls);
  const ofDebian = costs.find(({ call }) => call.includes('get, v3'));
  const total = (cost: (typeof costs)[number]) => cost.clientMs + cost.residentMs;
  console.log(`\none call on a machine, mean of ${calls}; ratios to Debian's client of v3`);
  console.log(
    table(
      ['', 'TOOK', 'CPU', 'OF IT THE PROCESS THAT STAYS', 'RATIO OF TIME', 'RATIO OF CPU'],
      costs.map((cost) => [
        cost.call,
        ms(cost.wallMs),
        ms(total(cost)),
        ms(cost.residentMs),
        (cost.wallMs / (ofDebian?.wallMs ?? NaN)).toFixed(2),
        (total(cost) / (ofDebian ? total(ofDebian) : NaN)).toFixed(2),
      ]),
      Infinity,
    ),
  );
}

const percent = (value: number): string => `${value.toFixed(1)} %`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;
