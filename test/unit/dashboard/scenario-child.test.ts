import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScenarioChild } from '#dashboard/deeds/scenario-child.ts';
import type { Unstamped } from '#dashboard/moment/seen.ts';

/* A program that speaks as `lab scenario NAME --json` does. */

const soon = { timeout: 30_000 };
const event = (type: string, data: unknown) => JSON.stringify({ atMs: 1, wallMs: 2, type, data });
const program = (lines: readonly string[], end: string) =>
  `for (const line of ${JSON.stringify(lines)}) console.log(line); ${end}`;
let told: Unstamped[];
let script: string;
let child: ScenarioChild;

beforeEach(() => {
  told = [];
  child = new ScenarioChild(
    () => ({ program: process.execPath, args: ['-e', script] }),
    (seen) => told.push(seen),
  );
});
afterEach(() => child.stop());

it('tells what no watch sees, and how it ends', async () => {
  const lines = [
    event('run', { scenario: 'failover', parameters: {} }),
    event('machine-gone', { machine: 'core-01' }),
    event('of-tomorrow', {}),
    'no event at all',
    event('phase', { name: 'halt' }),
    event('verdict', { verdict: 'fail' }),
  ];
  script = program(lines, 'process.exitCode = 1;');
  child.start('failover');
  expect(() => child.start('quorum')).toThrow('still runs');
  await expect.poll(() => told.at(-1)?.data, soon).toMatchObject({ state: 'done', endsScenario: true });
  expect(told.map(({ type }) => type)).toEqual(['deed', 'run', 'phase', 'verdict', 'deed']);
});

it('tells why one did not begin', async () => {
  script = program(
    [],
    "console.error('error another scenario runs on this lab [busy.scenario]'); process.exitCode = 75;",
  );
  child.start('failover');
  await expect
    .poll(() => told.at(-1)?.data, soon)
    .toMatchObject({
      state: 'failed',
      text: expect.stringContaining('another scenario runs') as string,
    });
});

it('ends one in order, and can start another', async () => {
  script = program(
    [event('phase', { name: 'waits' })],
    "setInterval(() => {}, 1000); process.on('SIGINT', () => process.exit(130));",
  );
  child.start('failover');
  await expect.poll(() => told.at(-1)?.type, soon).toBe('phase');
  await child.stop();
  expect(told.at(-1)?.data).toMatchObject({ state: 'failed', endsScenario: true });
  script = program([], '');
  child.start('failover');
  await expect.poll(() => told.at(-1)?.data, soon).toMatchObject({ state: 'done' });
});
