import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { isStopped, refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { findSupervisor, supervisorProcesses } from '#provision/machines/ground/supervisor-process.ts';
import { mustHave } from '#errors/must-have.ts';

const paths = labPaths('stopped', `/nowhere/${process.pid}`);
let shell: ChildProcess | undefined;
afterEach(() => shell?.kill('SIGKILL'));

/** Two processes as the supervisor's are found: by the first's name and its spec file. */
async function standIn(): Promise<{ unshare: number; init: number }> {
  shell = spawn('sh', ['-c', 'cat', paths.specFile], { argv0: 'unshare', stdio: ['pipe', 'ignore', 'ignore'] });
  await expect.poll(() => findSupervisor(paths)?.init).toBeGreaterThan(0);
  const { unshare, init } = mustHave(findSupervisor(paths), 'stand-in');
  return { unshare, init: mustHave(init, 'child of the stand-in') };
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

it('the one that does the work is among them: a person finds it first', async () => {
  // As under `unshare` and tini, each with the spec file in its arguments; the last one ends with the first.
  const three = '(tail --pid=$$ --retry -f "$0"; :); :';
  shell = spawn('sh', ['-c', three, paths.specFile], { argv0: 'unshare', stdio: 'ignore' });
  const named = (name: string) => (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8') === `${name}\n`;
  const worker = () => supervisorProcesses(paths).find(named('tail')) ?? 0;
  await expect.poll(worker, { timeout: 30_000 }).toBeGreaterThan(0);
  const pid = worker();
  process.kill(pid, 'SIGSTOP');
  const next = () => {
    try {
      refuseStopped(paths, 'stopped');
    } catch (error) {
      return (error as { next?: string }).next;
    }
    return undefined;
  };
  await expect.poll(next, { timeout: 30_000 }).toBe(`kill -CONT ${pid}`);
  process.kill(pid, 'SIGCONT');
  await expect.poll(next, { timeout: 30_000 }).toBeUndefined();
});

it.each([
  ['12 (node) T 1 2', true],
  ['12 (a (T) b) S 1 2', false],
  ['12 (a) t) t 1', true],
  ['', false],
])('%j', (stat, stopped) => {
  expect(isStopped(stat)).toBe(stopped);
});
