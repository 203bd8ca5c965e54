import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
let dir: string;
let etcd: RealEtcd;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-etcdctl-'));
  const entry = fileURLToPath(new URL('../../../../platform/etcdctl/main.ts', import.meta.url));
  const target = { platform: 'node', target: 'node20', format: 'cjs', bundle: true, logLevel: 'silent' } as const;
  await build({ ...target, entryPoints: [entry], outfile: join(dir, 'etcdctl.cjs') });
  await writeFile(join(dir, 'real'), '#!/bin/sh\necho "API=$ETCDCTL_API $*"\nexit 7\n');
  await chmod(join(dir, 'real'), 0o755);
  etcd = await realEtcd({ members: 2 });
});
afterAll(async () => {
  await etcd.stop();
  await rm(dir, { recursive: true });
});

function start(...args: string[]) {
  const env = { PATH: process.env.PATH, ETCDCTL_ENDPOINTS: etcd.endpoints[0], LAB_ETCDCTL_REAL: join(dir, 'real') };
  const child = spawn(process.execPath, [join(dir, 'etcdctl.cjs'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const running = {
    child,
    stdout: '',
    stderr: '',
    done: new Promise<number | null>((resolve) => child.once('close', resolve)),
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (running.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (running.stderr += text));
  return running;
}

/** Repeats a write until the watch that is starting has seen one. */
async function writeUntil(seen: () => boolean, ...args: string[]) {
  await vi.waitFor(async () => {
    await start(...args).done;
    expect(seen()).toBe(true);
  }, 30_000);
}

describe('the etcdctl program', () => {
  test('v3 grammar runs the real client with its exit code and ETCDCTL_API=3', async () => {
    const run = start('get', '/a', '--prefix', '-w', 'json');
    expect(await run.done).toBe(7);
    expect(run.stdout).toBe('API=3 get /a --prefix -w json\n');
  });

  test('watch prints the next change and ends; --forever until SIGINT, with the values that went', async () => {
    await start('set', '/w/a', '0').done;
    const once = start('watch', '/w/a');
    const forever = start('watch', '--recursive', '--forever', '/w');
    await writeUntil(() => once.stdout !== '' && forever.stdout !== '', 'set', '/w/a', '1');
    expect(await once.done).toBe(0);
    expect(once.stdout).toBe('1\n');
    await start('mkdir', '/w/dir').done;
    await start('set', '/w/_hidden', 'x').done;
    await start('rm', '/w/a').done;
    await vi.waitFor(
      () => expect(forever.stdout).toMatch(/^(\[set\] \/w\/a\n1\n)+\[delete\] \/w\/a\nPrevNode.Value: 1\n$/),
      30_000,
    );
    forever.child.kill('SIGINT');
    expect(await forever.done).toBe(0);
  });

  test('exec-watch runs the command for each change', async () => {
    const run = start(
      'exec-watch',
      '/e',
      '--',
      'sh',
      '-c',
      'echo "$ETCD_WATCH_ACTION $ETCD_WATCH_KEY=$ETCD_WATCH_VALUE"',
    );
    await writeUntil(() => run.stdout !== '', 'set', '/e', 'x');
    expect(run.stdout).toMatch(/^set \/e=x\n/);
    run.child.kill('SIGINT');
    expect(await run.done).toBe(0);
  });

  test('without quorum: ends by its timeouts with 4, the reason on stderr', async () => {
    await etcd.kill(1);
    const started = performance.now();
    const runs = [
      start('--timeout', '300ms', 'update', '--ttl', '8', '/k', 'v'),
      start('--timeout', '300ms', 'set', '--ttl', '8', '/k', 'v'),
      start('--timeout', '60s', '--total-timeout', '400ms', 'get', '/k'),
    ];
    expect(await Promise.all(runs.map((run) => run.done))).toEqual([4, 4, 4]);
    expect(performance.now() - started).toBeLessThan(60_000); // it did not wait for etcd, which answers never
    expect(runs[1]!.stderr).toMatch(/^Error: {2}client: etcd cluster is unavailable or misconfigured; error #0: /);
    expect(runs[2]!.stderr).toBe('Error:  context deadline exceeded\n');
  });
});
