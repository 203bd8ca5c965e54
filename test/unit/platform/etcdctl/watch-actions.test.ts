import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { hasOracle, oracle, startOracle } from './oracle.ts';
import { ours } from './ours.ts';

let dir: string;
let etcd: RealEtcd;
let store: EtcdStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-watch-'));
  const entry = fileURLToPath(new URL('../../../../platform/etcdctl/main.ts', import.meta.url));
  const target = { platform: 'node', target: 'node20', format: 'cjs', bundle: true, logLevel: 'silent' } as const;
  await build({ ...target, entryPoints: [entry], outfile: join(dir, 'etcdctl.cjs') });
  etcd = await realEtcd({ args: ['--enable-v2=true'] });
  store = openEtcd({ endpoints: etcd.endpoints });
});
afterAll(async () => {
  await store.close();
  await etcd.stop();
  await rm(dir, { recursive: true });
});

function startOurs(args: readonly string[]) {
  const env = { PATH: process.env['PATH'], ETCDCTL_ENDPOINTS: etcd.endpoints.join(',') };
  return spawn(process.execPath, [join(dir, 'etcdctl.cjs'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

type Child = ReturnType<typeof startOurs>;
interface Side {
  run(line: string): Promise<{ code: number }>;
  start(args: readonly string[]): Child;
}
const mine: Side = { run: (line) => ours(line.split(' '), etcd.endpoints), start: startOurs };
const theirs: Side = {
  run: (line) => oracle(line.split(' '), etcd.endpoints),
  start: (args) => startOracle(args, etcd.endpoints),
};

/** Collects a program's output; it is stopped with the test. */
function listen(child: Child): { text: string } {
  const heard = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.text += text));
  onTestFinished(() => void child.kill('SIGKILL'));
  return heard;
}

/** Waits until a watch hears of changes, by changes of a key of its own. */
async function listening(side: Side, heard: { text: string }, root: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await side.run(`set ${root}/ready x`);
      expect(heard.text).toContain(`${root}/ready`);
    },
    { timeout: 30_000, interval: 200 },
  );
}

const saysAction = 'echo "$ETCD_WATCH_ACTION $ETCD_WATCH_KEY=$ETCD_WATCH_VALUE"';
const watchBelow = (side: Side, root: string) =>
  listen(side.start(['exec-watch', '--recursive', root, '--', 'sh', '-c', saysAction]));

/** Changes, each with the time to let pass for what runs out; the last one is the end. */
const script = [
  'set R/a 1 --ttl 60', 'update R/a 2 --ttl 60', 'rm R/a', 'mk R/b 1', 'mk R/b 2', 'set R/b 2', 'update R/b 3', 'set --swap-with-value 3 R/b 4', 'rm --with-value 4 R/b',
  'set R/c 1 --ttl 60', 'set R/c 1 --ttl 50', 'update --ttl 0 R/c 2', 'rm R/c', 'set R/d 1 --ttl 60', 'rm R/d', 'mkdir R/dir', 'mk R/dir/k v --ttl 30', 'rm R/dir/k', 'rmdir R/dir',
  'mk --ttl 2 R/e gone', // runs out
]; // prettier-ignore

describe.skipIf(!hasOracle)('what a watch says was done', () => {
  test('exec-watch: the same actions, keys and values as etcdctl 2.x', async () => {
    const seen = await Promise.all(
      [mine, theirs].map(async (side, i) => {
        const root = `/w${i}`;
        const heard = watchBelow(side, root);
        await listening(side, heard, root);
        for (const [step, line] of script.entries()) {
          const { code } = await side.run(line.replace('R', root));
          // Both programs start a command for each change and wait for none: one at a time, or their lines change places.
          if (code === 0 && !/mkdir|rmdir/.test(line)) {
            const key = line.split(' ').find((word) => word.startsWith('R'));
            const before = lines(heard.text, root).length;
            if (before <= step) await vi.waitFor(() => expect(lines(heard.text, root).at(-1)).toContain(` ${key}=`), { timeout: 30_000 });
          }
          await settled(heard);
        }
        await vi.waitFor(() => expect(heard.text).toContain(`expire ${root}/e=`), { timeout: 30_000 });
        return lines(heard.text, root);
      }),
    ); // prettier-ignore
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toContain('update R/a=2');
  });

  test('watch in its three forms: expire and update, with the values that were', async () => {
    for (const output of ['simple', 'extended', 'json']) {
      const seen = await Promise.all(
        [mine, theirs].map(async (side, i) => {
          const root = `/${output}${i}`;
          const heard = listen(side.start(['-o', output, 'watch', '--forever', '--recursive', root]));
          await listening(side, heard, root);
          await side.run(`set ${root}/k one`);
          await side.run(`update --ttl 2 ${root}/k two`);
          await vi.waitFor(() => expect(heard.text).toContain(`[expire] ${root}/k`), { timeout: 30_000 });
          await settled(heard);
          return heard.text.slice(heard.text.indexOf(`[set] ${root}/k`)).replaceAll(root, 'R')
            .replace(/-Index: \d+|^Index: \d+/gm, 'Index: N').replace(/Index":\d+/g, 'Index":0').replace(/^TTL: \d+$/gm, 'TTL: N').replace(/,"expiration":"[^"]*"(,"ttl":\d+)?/g, '');
        }),
      ); // prettier-ignore
      expect(seen[0]).toEqual(seen[1]);
    }
  });
});

/** What it did with the lease that a key hung on tells a removal from a loss: v3's events are the same. */
describe('a key with a time to live that goes', () => {
  const cases: Record<string, { want: string; go: (key: string) => Promise<unknown> }> = {
    'removed by our etcdctl': { want: 'delete', go: (key) => ours(['rm', key], etcd.endpoints) },
    'removed just before its time': {
      want: 'delete',
      async go(key) {
        // Within its last second; a busy host may miss that, and then there is another one.
        for (let isRemoved = false; !isRemoved;) {
          const lease = (await store.get(key))?.lease ?? '';
          await vi.waitFor(async () => expect((await store.leaseTtl(lease)).remaining).toBeLessThanOrEqual(0), { timeout: 30_000, interval: 20 });
          isRemoved = (await ours(['rm', key], etcd.endpoints)).code === 0;
          if (!isRemoved) await ours(['set', '--ttl', '4', key, 'v'], etcd.endpoints);
        }
      },
    },
    'removed with its directory': {
      want: 'delete',
      go: (key) => ours(['rm', '--recursive', key.slice(0, key.lastIndexOf('/'))], etcd.endpoints),
    },
    'deleted by a v3 client': { want: 'delete', go: (key) => store.delete(key) },
    'its lease revoked by a v3 client': {
      want: 'delete',
      async go(key) {
        await store.revokeLease((await store.get(key))!.lease);
      },
    },
    'its lease renewed past its first time, then revoked': {
      want: 'delete',
      async go(key) {
        const { lease } = (await store.get(key))!;
        const endAt = performance.now() + 5_000; // the first time is 4 s
        while (performance.now() < endAt) {
          await store.keepAliveOnce(lease);
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
        await store.revokeLease(lease);
      },
    },
    'nobody renews it': { want: 'expire', go: () => Promise.resolve() },
    'renewed once by update, then not': {
      want: 'expire',
      go: (key) => ours(['update', '--ttl', '4', key, 'v'], etcd.endpoints),
    },
  }; // prettier-ignore

  test.each(Object.entries(cases))('%s', async (name, { want, go }) => {
    const root = `/lease/${name.replaceAll(/\W/g, '-')}`;
    const heard = watchBelow(mine, root);
    await listening(mine, heard, root);
    await mine.run(`set --ttl 4 ${root}/k v`);
    await vi.waitFor(() => expect(heard.text).toContain(`set ${root}/k=v`), { timeout: 30_000 });
    await go(`${root}/k`);
    const ends = () => heard.text.split('\n').filter((line) => /^(delete|expire) .*\/k=$/.test(line));
    await vi.waitFor(() => expect(ends().length).toBeGreaterThan(0), { timeout: 30_000 });
    await settled(heard);
    expect(ends().at(-1)).toBe(`${want} ${root}/k=`);
  });

  test('a watch that is told of it later, from history, says the same of what our etcdctl did', async () => {
    const from = (await store.list('/past')).revision;
    for (const line of ['mk --ttl 60 /past/k v', 'update --ttl 50 /past/k w', 'rm /past/k']) await mine.run(line);
    const args = ['exec-watch', '--recursive', '--after-index', String(from), '/past', '--', 'sh', '-c', saysAction];
    const heard = listen(mine.start(args));
    await vi.waitFor(() => expect(heard.text.split('\n').sort().filter(Boolean)).toEqual(['create /past/k=v', 'delete /past/k=', 'update /past/k=w']), { timeout: 30_000 }); // prettier-ignore
  });

  test('a key that was there before the watch began runs out', async () => {
    await mine.run('set --ttl 3 /early/k v');
    // It lives until the watch has begun, however long that takes.
    const lease = (await store.get('/early/k'))?.lease ?? '';
    const kept = setInterval(() => void store.keepAliveOnce(lease).catch(() => undefined), 500);
    onTestFinished(() => clearInterval(kept));
    const heard = watchBelow(mine, '/early');
    await listening(mine, heard, '/early');
    clearInterval(kept);
    await vi.waitFor(() => expect(lines(heard.text, '/early')).toEqual(['expire R/k=']), { timeout: 30_000 });
  });
});

function lines(text: string, root: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.includes('/ready')).map((line) => line.replaceAll(root, 'R'));
} // prettier-ignore

/** Until nothing more was said for a while: what comes by itself has come. */
async function settled(heard: { text: string }): Promise<void> {
  for (let before = -1; before !== heard.text.length;) {
    before = heard.text.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
