import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { readHistoryFile, writeHistory } from '#simulation/recorded/history-file.ts';

const root = join(import.meta.dirname, '../../../..');
const patience = { timeout: 300_000 };
const kept = join(import.meta.dirname, 'real-history.ndjson');
const directory = await mkdtemp(join(tmpdir(), 'coreos-lab-judge-'));
afterAll(() => rm(directory, { recursive: true }));

/** As `npm run judge --` does it, unbuilt. */
const judge = (...args: string[]) =>
  execa('tsx', ['cli/judge.ts', ...args], { cwd: root, preferLocal: true, localDir: root, reject: false });

test('a recorded history is judged again, without a lab', patience, async () => {
  const { stdout, exitCode } = await judge('--history', kept);
  expect(stdout).toMatch(
    /^\d+ s on real machines: \d+ faults, \d+ operations, .*; at rest \d+\.\d s after the last fault$/m,
  );
  expect(stdout).toContain('\n0 violations\n');
  expect(exitCode).toBe(0);
});

test('one that breaks a promise ends with 1, and tells how', patience, async () => {
  const file = join(directory, 'broken.ndjson');
  await copyFile(kept, file);
  await writeFile(file, `${JSON.stringify({ at: 1e9, kind: 'died', machine: 'core-02', error: 'it fell' })}\n`, {
    flag: 'a',
  });
  const { stdout, exitCode } = await judge('--history', file);
  expect(stdout).toContain('\ndaemons-live: fleetd of core-02 has ended: it fell\n');
  expect(stdout).toContain('\n1 violation\n');
  expect(exitCode).toBe(1);
});

test('what is no history is said with its line', patience, async () => {
  const file = join(directory, 'torn.ndjson');
  const [head = '', first = ''] = (await readFile(kept, 'utf8')).split('\n');
  await writeFile(file, `${head}\n${first}\n{"at":1,"kind":"rest"}\n`);
  const { stderr, exitCode } = await judge('--history', file);
  expect(stderr).toContain(`line 3 cannot be`);
  expect(exitCode).toBe(67);
  await expect(readHistoryFile(join(directory, 'none'))).rejects.toMatchObject({ code: 'input.history' });
  expect((await judge('--help')).stdout).toContain('--faults');
});

test('what is written is read again as it was', async () => {
  const file = join(directory, 'again.ndjson');
  const history = await readHistoryFile(kept);
  await writeHistory(file, history);
  expect(await readHistoryFile(file)).toEqual(history);
});
