import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { isStopped, refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { findSupervisor } from '#provision/machines/ground/supervisor-process.ts';

const paths = labPaths('stopped', `/nowhere/${process.pid}`);
let shell: ChildProcess | undefined;
afterEach(() => shell?.kill('SIGKILL'));

/** Two processes as the supervisor's are found: by the first's name and its spec file. */
async function standIn(): Promise<{ unshare: number; init: number }> {
  shell = spawn('sh', ['-c', 'cat', paths.specFile], { argv0: 'unshare', stdio: ['pipe', 'ignore', 'ignore'] });
  await expect.poll(() => findSupervisor(paths)?.init ?? 0).toBeGreaterThan(0);
  return findSupervisor(paths) ?? { unshare: 0, init: 0 };
}

it('one that runs, and none at all, is no obstacle', async () => {
  refuseStopped(paths, 'stopped');
  await standIn();
  refuseStopped(paths, 'stopped');
});

it('one that stands still is named, with how to let it go on', async () => {
  const { init } = await standIn();
  process.kill(init, 'SIGSTOP');
  const stat = () => readFileSync(`/proc/${init}/stat`, 'utf8');
  await expect.poll(() => isStopped(stat())).toBe(true);
  expect(() => refuseStopped(paths, 'stopped')).toThrow(
    expect.objectContaining({ code: 'state.supervisor-stopped', next: `kill -CONT ${init}` }) as Error,
  );
  process.kill(init, 'SIGCONT');
  await expect.poll(() => isStopped(stat())).toBe(false);
  refuseStopped(paths, 'stopped');
});

it.each([
  ['12 (node) T 1 2', true],
  ['12 (a (T) b) S 1 2', false],
  ['12 (a) t) t 1', true],
  ['', false],
])('%j', (stat, stopped) => {
  expect(isStopped(stat)).toBe(stopped);
});
