import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const patience = { timeout: 300_000 };

/** As `npm run simulate --` does it, without npm. */
const simulate = (...args: string[]) =>
  execa('tsx', ['simulation/main.ts', ...args], { cwd: root, preferLocal: true, localDir: root, reject: false });

test('a seed: what it came to, as text and as JSON, the same each time', patience, async () => {
  const text = await simulate('--seed', '3', '--hours', '0.1');
  expect(text.stdout).toMatch(/^0\.\d hours of 1 seeds: \d+ faults, \d+ operations, \d+ commits; \d+ times at rest/);
  expect(text.stdout).toContain('\n0 violations; ');
  expect(text.exitCode).toBe(0);
  const json = async () => JSON.parse((await simulate('--seed', '3', '--hours', '0.1', '--json')).stdout) as object;
  const real = { wallMinutes: expect.any(Number) as number, cpuMinutes: expect.any(Number) as number };
  const first = await json();
  expect(first).toMatchObject({ seeds: 1, violations: 0, failures: [], hoursOfEach: 0.1 });
  expect(await json()).toEqual({ ...first, ...real });
});

test('a fresh seed is told', patience, async () => {
  const { stdout, exitCode } = await simulate('--hours', '0.1');
  expect(stdout).toMatch(/^seed \d+\n/);
  // What it comes to is another test's to say.
  expect(exitCode).toBe(/\b0 violations; /.test(stdout) ? 0 : 1);
});

test('what it cannot take is said with the next command, and has the exit code of its family', patience, async () => {
  const { stderr, exitCode } = await simulate('--seeds', '9..1');
  expect(stderr).toBe(
    'simulate: --seeds: 9..1 ends before it begins\n  next: npm run simulate -- --seeds 1..20 --hours 1',
  );
  expect(exitCode).toBe(64);
  expect((await simulate('--help')).stdout).toContain('--seeds');
});
