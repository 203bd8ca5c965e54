import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RegistryClient } from '#provision/image/registry/registry-client.ts';
import type { RegistryProcess } from '#provision/image/registry/registry.ts';
import { startPullThrough } from '#provision/image/upstream/pull-through.ts';
import { pulledImages } from '#provision/image/upstream/pulled-images.ts';
import { mayPullThrough, mostConnections, startRegistryFront } from '#provision/machines/supervisor/registry-front.ts';
import { UpstreamRegistry, withPassword } from '#test/support/upstream-registry.ts';

let dir = '';
let own: UpstreamRegistry;
let upstream: UpstreamRegistry;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-front-'));
  own = await UpstreamRegistry.start(join(dir, 'own'));
  upstream = await UpstreamRegistry.start(join(dir, 'upstream'));
  ends.push(
    () => own.stop(),
    () => upstream.stop(),
  );
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dir, { recursive: true });
});

async function front(pullThrough: () => Promise<string | undefined>, registry = () => own.addr as string | undefined) {
  const options = { host: '127.0.0.1', port: 0, registry, pullThrough, own: ['lab/'], answerMs: 60_000 };
  const server: Server = await startRegistryFront(options);
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function through(remoteUrl: string, logins: readonly string[] = []): Promise<RegistryProcess> {
  const socket = join(dir, 'sock');
  const logFile = join(dir, 'through.log');
  const options = { remoteUrl, storage: join(dir, 'kept'), socket, logFile, logins, deadlineMs: 60_000 };
  const started = await startPullThrough(options);
  ends.push(() => started.stop());
  return started;
}

const put = { arch: 'amd64', greeting: 'hello' };

it('what the lab’s registry has is its own; what it lacks comes from the other, and stays when that is gone', async () => {
  const both = { repository: 'library/both', tag: '1' };
  const other = { repository: 'library/other', tag: '1' };
  const { digest } = await own.put(both, put);
  await upstream.put(both, { ...put, greeting: 'hello from elsewhere' });
  const elsewhere = await upstream.put(other, { ...put, greeting: 'hello from elsewhere' });
  await upstream.put({ repository: 'lab/secret', tag: '1' }, put);
  const { addr } = await through(upstream.url);
  const at = await front(async () => Promise.resolve(addr));
  const client = new RegistryClient(at);
  expect((await client.manifest('library/both', '1'))?.digest).toBe(digest);
  expect(await client.has(other)).toBe(true);
  expect((await client.manifest('library/other', '1'))?.digest).toBe(elsewhere.digest);
  const blob = async () => fetch(`http://${at}/v2/library/other/blobs/${elsewhere.layer}`);
  expect((await (await blob()).arrayBuffer()).byteLength).toBeGreaterThan(50);
  expect(await client.has({ repository: 'lab/secret', tag: '1' })).toBe(false);
  expect(await client.has({ repository: 'library/none', tag: '1' })).toBe(false);
  // It is not among those that were put there.
  expect(await client.repositories()).toEqual(['library/both']);
  // docker-registry writes down what it has handed out a moment later.
  const layer = `_layers/${elsewhere.layer.replace(':', '/')}/link`;
  const kept = join(dir, 'kept/docker/registry/v2/repositories/library/other', layer);
  await expect.poll(() => existsSync(kept), { timeout: 30_000 }).toBe(true);
  await expect
    .poll(() => pulledImages(upstream.url, join(dir, 'kept')), { timeout: 30_000 })
    .toEqual([
      expect.objectContaining({
        name: 'other:1',
        whose: 'pulled through',
        from: { remoteUrl: upstream.url, image: 'library/other:1', digest: elsewhere.digest },
      }),
    ]);
  await upstream.stop();
  expect((await client.manifest('library/other', '1'))?.digest).toBe(elsewhere.digest);
  expect((await blob()).status).toBe(200);
});

it('pushes go to the lab’s registry: a blob that only the other has is sent', async () => {
  const name = { repository: 'library/pushed', tag: '1' };
  const { layer } = await upstream.put(name, put);
  const { addr } = await through(upstream.url);
  const at = await front(async () => Promise.resolve(addr));
  expect((await fetch(`http://${at}/v2/library/pushed/blobs/${layer}`, { method: 'HEAD' })).status).toBe(404);
  const file = join(dir, 'blob');
  await writeFile(file, 'x'.repeat(3_000_000));
  const sum = 'sha256:10f2e95d2a5aee9dcf7ed54c3ac2cc4b7a1fa8a1aa3a2b9b8d1d6c2f6b2e9a3f';
  await expect(new RegistryClient(at).upload('library/pushed', sum, file)).rejects.toMatchObject({
    code: 'command.registry',
    message: expect.stringContaining('answers 400') as string,
  });
});

it('without the other, or behind a password that nobody gave, a name is missing; with a login it is there', async () => {
  const name = { repository: 'library/other', tag: '1' };
  await upstream.put(name, put);
  const none = new RegistryClient(await front(async () => Promise.resolve(undefined)));
  expect(await none.manifest('library/other', '1')).toBeUndefined();

  const { server, url } = await withPassword(upstream);
  ends.push(() => server.close());
  const refused = await through(url);
  const at = await front(async () => Promise.resolve(refused.addr));
  expect(await new RegistryClient(at).has(name)).toBe(false);
  await refused.stop();
  const login = join(dir, 'config.json');
  const auth = Buffer.from('ann:secret').toString('base64');
  await writeFile(login, JSON.stringify({ auths: { [new URL(url).host]: { auth } } }));
  await through(url, [join(dir, 'none.json'), login]);
  expect(await new RegistryClient(at).has(name)).toBe(true);
});

it('while the lab’s registry is started anew it is said so, and not asked elsewhere', async () => {
  const at = await front(
    async () => Promise.reject(new Error('asked elsewhere')),
    () => undefined,
  );
  expect((await fetch(`http://${at}/v2/library/other/manifests/1`)).status).toBe(503);
});

it.each([
  ['GET', '/v2/library/alpine/manifests/3', true],
  ['HEAD', '/v2/library/alpine/manifests/3?ns=docker.io', true],
  ['GET', '/v2/a/b/c/blobs/sha256:00', true],
  ['HEAD', '/v2/a/b/c/blobs/sha256:00', false],
  ['PUT', '/v2/library/alpine/manifests/3', false],
  ['DELETE', '/v2/library/alpine/manifests/3', false],
  ['GET', '/v2/library/alpine/tags/list', false],
  ['GET', '/v2/_catalog', false],
  ['GET', '/v2/', false],
  ['GET', '/v2/lab/node/manifests/20', false],
  ['GET', '/v2/library/node/manifests/20', false],
  ['GET', '/v2/library/node-exporter/manifests/1', true],
])('%s %s may be answered by another registry: %j', (method, path, may) => {
  expect(mayPullThrough(method, path, ['lab/', 'library/node'])).toBe(may);
});

it('has room for so many connections, and closes one more at once', async () => {
  const [host = '', port] = (await front(() => Promise.resolve(undefined))).split(':');
  const open = () => connect(Number(port), host).on('error', () => undefined);
  const sockets = Array.from({ length: mostConnections }, open);
  ends.push(() => sockets.forEach((socket) => socket.destroy()));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const more = open();
  await once(more, 'close');
  expect(sockets.filter((socket) => socket.destroyed)).toEqual([]);
});
