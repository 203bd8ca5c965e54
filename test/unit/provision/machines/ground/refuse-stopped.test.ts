import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LabPaths, labPaths } from '#provision/machines/ground/lab-paths.ts';
import { isStopped, refuseStopped } from '#provision/machines/ground/refuse-stopped.ts';
import { findSupervisor, notedSupervisor, supervisorProcesses } from '#provision/machines/ground/supervisor-process.ts';
import { mustHave } from '#errors/must-have.ts';

let paths: LabPaths;
let labs = 0;
// One that was killed may be there still when the next test looks.
beforeEach(() => (paths = labPaths('stopped', `/nowhere/${process.pid}/${++labs}`)));
let shell: ChildProcess | undefined;
afterEach(() => shell?.kill('SIGKILL'));

/** For `sh -c`: as under `unshare` and tini, each with the spec file in its arguments; the last one ends with the first. */
const three = '(tail --pid=$$ --retry -f "$0"; :); :';

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

describe('a supervisor that was written down', () => {
  let directory = '';
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'lab-noted-'))));
  afterEach(() => rmSync(directory, { recursive: true }));
  const noting = (text: string) => {
    const supervisorFile = join(directory, 'supervisor.json');
    writeFileSync(supervisorFile, text);
    return { ...paths, supervisorFile };
  };

  it('is found by that, with all of its processes', async () => {
    shell = spawn('sh', ['-c', three, paths.specFile], { argv0: 'unshare', stdio: 'ignore' });
    await expect.poll(() => supervisorProcesses(paths).length, { timeout: 30_000 }).toBe(3);
    const noted = noting(JSON.stringify({ unshare: shell.pid }));
    expect(notedSupervisor(noted.supervisorFile)).toEqual({ unshare: shell.pid, specFile: paths.specFile });
    expect(findSupervisor(noted)).toEqual(findSupervisor(paths));
    expect(supervisorProcesses(noted).sort()).toEqual(supervisorProcesses(paths).sort());
    // Of the same name and another state directory: it is not this lab's.
    const elsewhere = { ...noted, specFile: '/elsewhere/supervisor-spec.json' };
    expect([findSupervisor(elsewhere), supervisorProcesses(elsewhere)]).toEqual([undefined, []]);
  });

  it.each([
    ['by nobody', () => ''],
    ['half', () => '{"unshare":'],
    ['of a process that has gone', () => '{"unshare":4194305}'],
    ['of a process that is another by now', () => JSON.stringify({ unshare: process.pid })],
  ])('%s is looked for', async (_, text) => {
    const noted = noting(text());
    expect([notedSupervisor(noted.supervisorFile), findSupervisor(noted)]).toEqual([undefined, undefined]);
    const { unshare, init } = await standIn();
    expect(findSupervisor(noted)).toEqual({ unshare, init });
  });
});

it('the one that does the work is among them: a person finds it first', async () => {
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
