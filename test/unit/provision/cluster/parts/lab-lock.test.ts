import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLabLock } from '#provision/cluster/parts/lab-lock.ts';
import { lockPaths } from './lock-paths.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const take = async () => withLabLock(lockPaths(dir), 'lab up', async () => 'mine');

/** Another process that holds the lab's lock. */
async function otherHolder(command: string) {
  const program = join(import.meta.dirname, 'hold-lab-lock.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, dir, command], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended.then(() => Promise.reject(new Error('it never held it')))]);
  return { child, ended };
}

it('refuses while another command holds it, naming that command, its process and since when; free again when it ends', async () => {
  const { child, ended } = await otherHolder('lab halt core-02');
  await expect(take()).rejects.toMatchObject({
    code: 'busy.lab',
    message: expect.stringMatching(
      `^another command is changing this lab: lab halt core-02 \\(process ${child.pid ?? 0}, since \\d\\d:\\d\\d:\\d\\d\\)$`,
    ) as string,
    next: expect.stringContaining(`kill ${child.pid ?? 0}`) as string,
  });
  child.stdin.end();
  await ended;
  expect(await take()).toBe('mine');
});

it('takes over the lock of a process that was shot', async () => {
  const { child, ended } = await otherHolder('lab up');
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(lockPaths(dir).lockFile)).toBe(true);
  expect(await take()).toBe('mine');
});

it.each([
  ['whose process ID was given to another process', `${process.pid} 1 lab up\n`],
  ['that was never written to its end', ''],
  ['that holds nonsense', 'no lock at all\n'],
])('takes over a lock %s', async (_, content) => {
  const { lockFile } = lockPaths(dir);
  mkdirSync(dirname(lockFile), { recursive: true });
  writeFileSync(lockFile, content);
  expect(await take()).toBe('mine');
});

it('refuses a second command of the same process too', async () => {
  await withLabLock(lockPaths(dir), 'lab up', () => expect(take()).rejects.toMatchObject({ code: 'busy.lab' }));
});

it('leaves nothing behind, whether the work succeeds or fails, and hands its outcome on', async () => {
  expect(await take()).toBe('mine');
  const failing = withLabLock(lockPaths(dir), 'lab up', () => Promise.reject(new Error('no image')));
  await expect(failing).rejects.toThrow('no image');
  expect(existsSync(lockPaths(dir).runDir)).toBe(false);
});

it('keeps what the lab itself keeps beside the lock', async () => {
  const socket = join(lockPaths(dir).runDir, 'control.sock');
  await withLabLock(lockPaths(dir), 'lab up', async () => writeFileSync(socket, ''));
  expect(existsSync(socket)).toBe(true);
  await expect(withLabLock(lockPaths(dir), 'lab status', async () => 'free again')).resolves.toBe('free again');
});
