import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { hasOracle, oracle, startOracle } from '../../etcdctl/oracle.ts';
import { ours as ourEtcdctl } from '../../etcdctl/ours.ts';
import { besideEtcd } from './beside-etcd.ts';

const { etcd, ours } = besideEtcd();

/** Ids, indexes and addresses differ, and v2 lists unsorted. */
function plain(text: string): string[] {
  const told = text
    .replace(/\[\d+\]$/gm, '[N]')
    .replace(/Index: \d+/g, 'Index: N')
    .replace(/"(created|modified)Index":\d+/g, '"$1Index":0')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'URL')
    .replace(/"expiration":"[^"]*"/g, '"expiration":"T"');
  return told.split('\n').sort();
}

const commands = [
  'set /a/b 1', 'get /a/b', 'get a/b', 'get /a', 'get /nope', 'set /a/b 2 --swap-with-value 1', 'set /a/b 2 --swap-with-value 1', 'set /a 1', 'set /a/b/c 1', 'mk /a/b 1', 'mk /a/c 1', 'mk --in-order /q x', 'ls', 'ls /a', 'ls -r -p /', 'ls --sort --recursive --quorum /', 'ls /nope', 'update /a/b 3', 'update /nope 1', 'update --ttl 90 /a/b 4',
  'mkdir /d', 'mkdir /d', 'mkdir /d/e/f', 'setdir /s', 'setdir /s', 'updatedir /s --ttl 100', 'updatedir /nope', 'rmdir /d', 'rmdir /d/e/f', 'rm /d', 'rm -r /d', 'rm /a/b --with-value 9', 'rm /a/b --with-value 4', 'rm /a/c', 'ls -p', '-o extended set /x 1', '-o extended get /x', '-o json get /x', 'set /y/k 1', '-o json ls /y', 'rm -r /y', '-o json rm /x', 'rm /nope', 'set / 1', 'rm -r /', 'member list', 'cluster-health',
]; // prettier-ignore

describe.skipIf(!hasOracle)("etcdctl with ETCDCTL_API=2, Debian's own", () => {
  test('does and says the same on our API as on its own', async () => {
    for (const line of commands) {
      const [mine, real] = await Promise.all(
        [ours.url, etcd.endpoints[0] ?? ''].map((url) => oracle(line.split(' '), [url])),
      );
      const told = (out: typeof mine) => ({
        line,
        code: out?.code,
        out: plain(out?.stdout ?? ''),
        err: plain(out?.stderr ?? ''),
      });
      // The name of a key in order is an index.
      if (line.includes('in-order')) expect(mine?.stdout).toBe('x\n');
      else if (line.startsWith('ls'))
        expect({ ...told(mine), out: told(mine).out.map(unnumbered) }).toEqual({
          ...told(real),
          out: told(real).out.map(unnumbered),
        });
      else expect(told(mine)).toEqual(told(real));
    }
  });

  test('watch and exec-watch hear of changes, by whomever', async () => {
    const args = [
      'exec-watch',
      '--recursive',
      '/w',
      '--',
      'sh',
      '-c',
      'echo "$ETCD_WATCH_ACTION $ETCD_WATCH_KEY=$ETCD_WATCH_VALUE"',
    ];
    const children = [startOracle(args, [ours.url]), startOracle(['watch', '/w/k', '--forever'], [ours.url])];
    onTestFinished(() => children.forEach((child) => void child.kill('SIGKILL')));
    const heard = children.map((child) => {
      const text: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => text.push(...chunk.split('\n').filter(Boolean)));
      return text;
    });
    await vi.waitFor(
      async () => {
        await ourEtcdctl(['set', '/w/k', 'ready'], etcd.endpoints);
        expect(heard[0]).toContain('set /w/k=ready');
        expect(heard[1]).toContain('ready');
      },
      { timeout: 30_000, interval: 200 },
    );
    // It starts a command for each change and waits for none: one change at a time, or their lines change places.
    const says = (line: string) => vi.waitFor(() => expect(heard[0]?.at(-1)).toBe(line), { timeout: 30_000 });
    await ourEtcdctl(['update', '/w/k', '1'], etcd.endpoints);
    await says('update /w/k=1');
    await oracle(['set', '/w/k', '2', '--ttl', '60'], [ours.url]);
    await says('set /w/k=2');
    await ourEtcdctl(['set', '/w/k', '3', '--ttl', '2'], etcd.endpoints);
    await says('expire /w/k=');
    const actions = heard[0]?.filter((line) => !line.endsWith('=ready'));
    expect(actions?.filter((line) => line !== 'set /w/k=3')).toEqual(['update /w/k=1', 'set /w/k=2', 'expire /w/k=']);
  });
});

function unnumbered(line: string): string {
  return line.replace(/\d{20}/, 'N');
}

const require = createRequire(import.meta.url);
/** Left out by npm where its native part neither comes built nor compiles. */
const hasNodeEtcd = existsSync(new URL('../../../../../node_modules/node-etcd/package.json', import.meta.url));
type Callback = (
  error: { errorCode?: number } | null,
  body: { action: string; node: { key: string; value?: string; nodes?: unknown[] } },
) => void;
type Method = (...args: unknown[]) => void;

/** Calls back by promise. */
function asked(call: (done: Callback) => void) {
  return new Promise<{ code: number | undefined; body: Parameters<Callback>[1] }>((resolve) =>
    call((error, body) => resolve({ code: error?.errorCode, body })),
  );
}

describe.skipIf(!hasNodeEtcd)('node-etcd', () => {
  interface NodeEtcd extends Record<'set' | 'get' | 'del' | 'mkdir' | 'create' | 'compareAndSwap', Method> {
    watcher(
      key: string,
      index: null,
      options: object,
    ): { on(event: string, listener: (body: Parameters<Callback>[1]) => void): void; stop(): void };
  }
  const client = () => new (require('node-etcd') as new (hosts: string[]) => NodeEtcd)([new URL(ours.url).host]);

  test('writes, reads, compares, lists and watches', async () => {
    const api = client();
    const watcher = api.watcher('/ne', null, { recursive: true });
    onTestFinished(() => watcher.stop());
    const heard: string[] = [];
    watcher.on('change', ({ action, node }) => heard.push(`${action} ${node.key}`));
    await vi.waitFor(
      async () => {
        await asked((done) => api.set('/ne/ready', '1', done));
        expect(heard).toContain('set /ne/ready');
      },
      { timeout: 30_000, interval: 100 },
    );
    expect((await asked((done) => api.set('/ne/k', 'ü & <b>', { ttl: 60 }, done))).body.node.value).toBe('ü & <b>');
    expect((await asked((done) => api.get('/ne/k', done))).body.node.value).toBe('ü & <b>');
    expect((await asked((done) => api.compareAndSwap('/ne/k', '2', 'wrong', done))).code).toBe(101);
    expect((await asked((done) => api.compareAndSwap('/ne/k', '2', 'ü & <b>', done))).body.action).toBe(
      'compareAndSwap',
    );
    await asked((done) => api.mkdir('/ne/dir', done));
    const { key } = (await asked((done) => api.create('/ne/dir', 'job', done))).body.node;
    expect((await asked((done) => api.get('/ne', { recursive: true }, done))).body.node.nodes).toHaveLength(3);
    await asked((done) => api.del('/ne/dir', { recursive: true }, done));
    expect((await asked((done) => api.get(key, done))).code).toBe(100);
    await vi.waitFor(
      () =>
        expect(heard.filter((line) => !line.endsWith('ready'))).toEqual([
          'set /ne/k',
          'compareAndSwap /ne/k',
          'set /ne/dir',
          `create ${key}`,
          'delete /ne/dir',
        ]),
      { timeout: 30_000 },
    );
  });
});

describe('etcdjs', () => {
  test('writes, reads, waits', async () => {
    type Client = Record<'set' | 'get' | 'del' | 'wait', Method> & { destroy(): void };
    const api = (require('etcdjs') as (host: string) => Client)(ours.url);
    onTestFinished(() => api.destroy());
    const index = await new Promise<number>((resolve) =>
      api.set('/js/k', '1', (_: unknown, body: { node: { modifiedIndex: number } }) =>
        resolve(body.node.modifiedIndex),
      ),
    );
    const waited = new Promise<string>((resolve) =>
      api.wait('/js/k', { waitIndex: index + 1 }, (_: unknown, body: { node: { value: string } }) =>
        resolve(body.node.value),
      ),
    );
    await asked((done) => api.set('/js/k', '2', { prevValue: '1' }, done));
    expect(await waited).toBe('2');
    expect((await asked((done) => api.get('/js/k', done))).body.node.value).toBe('2');
    expect((await asked((done) => api.del('/js/k', done))).body.action).toBe('delete');
  });
});
