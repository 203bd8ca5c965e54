import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withBuildLock } from '#provision/image/build-lock.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-lock-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const never = (holder: string) => {
  throw new Error(`did not expect to wait for ${holder}`);
};

test('a free lock is taken at once, and again after a build that failed', async () => {
  expect(await withBuildLock(dir, never, async () => 1)).toBe(1);
  await expect(withBuildLock(dir, never, () => Promise.reject(new Error('build failed')))).rejects.toThrow(
    'build failed',
  );
  expect(await withBuildLock(dir, never, async () => 2)).toBe(2);
});

test('the second of two builds says whom it waits for, and begins when the first has ended', async () => {
  const order: string[] = [];
  const onWait = vi.fn();
  let second: Promise<unknown> = Promise.resolve();
  await withBuildLock(dir, never, async () => {
    second = withBuildLock(dir, onWait, async () => order.push('second begins'));
    await vi.waitFor(() => expect(onWait).toHaveBeenCalledWith(`process ${process.pid}`), 30_000);
    order.push('first ends');
  });
  await second;
  expect(order).toEqual(['first ends', 'second begins']);
});

/** Another process that holds the lock, as a build in another terminal does. */
async function otherHolder() {
  const child = spawn('flock', [path.join(dir, 'build.lock'), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a wait that runs out is an error that names the lock and its holder', async () => {
  const other = await otherHolder();
  await writeFile(path.join(dir, 'build.lock'), '4711\n');
  await expect(
    withBuildLock(
      dir,
      () => undefined,
      async () => undefined,
      50,
    ),
  ).rejects.toMatchObject({
    code: 'timeout.build-lock',
    message: expect.stringContaining(path.join(dir, 'build.lock')) as string,
    evidence: ['held by process 4711'],
  });
  other.stdin.end();
  await once(other, 'exit');
});

test('the lock of a holder that is gone is free', async () => {
  const other = await otherHolder();
  other.stdin.end();
  await once(other, 'exit');
  expect(await withBuildLock(dir, never, async () => 'mine')).toBe('mine');
});
