import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from '#platform/announce/options.ts';
import { ask } from '#platform/etcd/ask.ts';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import type { EtcdStore, StoreEvent, Watch } from '#platform/etcd/store.ts';
import { readPast } from '#platform/etcd/v2/action.ts';
import { realEtcd, type RealEtcd } from '../etcd/real-etcd.ts';
import { type DockerEngine, dockerEngine } from './docker-engine.ts';

const key = '/services/memcached/1';
const name = 'memcached-1';
let dir: string;
let etcd: RealEtcd;
let store: EtcdStore;
let docker: DockerEngine;
let watch: Watch;
let events: StoreEvent[];
const children: ChildProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lab-announce-'));
  const entry = fileURLToPath(new URL('../../../../platform/announce/main.ts', import.meta.url));
  const target = { platform: 'node', target: 'node20', format: 'cjs', bundle: true, logLevel: 'silent' } as const;
  await build({ ...target, entryPoints: [entry], outfile: join(dir, 'announce.cjs') });
  etcd = await realEtcd();
  store = gatewayStore({ endpoints: etcd.endpoints, timeoutMs: 10_000 });
  docker = await dockerEngine(join(dir, 'docker.sock'));
});
afterAll(async () => {
  await docker.away();
  await store.close();
  await etcd.stop();
  await rm(dir, { recursive: true });
});
beforeEach(async () => {
  events = [];
  watch = await store.watch('/services/', { onEvent: (event) => void events.push(event) });
});
afterEach(async () => {
  for (const child of children.splice(0)) await ended(child, 'SIGKILL');
  docker.end(name);
  await watch.close();
  await store.deletePrefix('/services/');
});

function announce(ttl = 60) {
  const args = ['--container', name, '--ttl', String(ttl), '--etcd', etcd.endpoints[0] ?? '', '--docker', join(dir, 'docker.sock')];
  const child = spawn(process.execPath, [join(dir, 'announce.cjs'), ...args, key], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  return { child, lines };
} // prettier-ignore

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  try {
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(60_000) })) as [number | null];
    return code;
  } catch (error) {
    throw new Error(`announce ${child.pid} did not end within 60 s of ${signal}`, { cause: error });
  }
}

const patiently = { timeout: 30_000, interval: 20 };
const holds = (value: string | undefined) =>
  expect.poll(async () => (await store.get(key))?.value, patiently).toBe(value);
const leases = async () => {
  const reach = { endpoints: etcd.endpoints, timeoutMs: 10_000 };
  return ((await ask(reach, '/v3/lease/leases', {}))['leases'] as unknown[] | undefined)?.length ?? 0;
};
const actionOf = async ({ revision }: StoreEvent) =>
  (await readPast({ endpoints: etcd.endpoints, timeoutMs: 10_000 }, key, revision)).told;

describe('announce', () => {
  it('makes the key when the container starts, removes it when it ends, and again', async () => {
    const { child } = announce();
    await expect.poll(() => docker.asked.filter((url) => url.includes('/json')).length, patiently).toBeGreaterThan(0);
    docker.start(name, '10.1.7.2');
    await holds('10.1.7.2');
    docker.end(name);
    await holds(undefined);
    docker.start(name, '10.1.7.3');
    await holds('10.1.7.3');
    expect(await ended(child, 'SIGTERM')).toBe(0);
    expect(await store.get(key)).toBeUndefined();
    await expect.poll(() => events.length, patiently).toBe(4);
    expect(events.map(({ type, value }) => `${type} ${value}`.trim())).toEqual(['put 10.1.7.2', 'delete', 'put 10.1.7.3', 'delete']);
    expect(await Promise.all(events.map(actionOf))).toEqual(['create', 'delete', 'create', 'delete']);
    expect(await leases()).toBe(0);
  }); // prettier-ignore

  it('asks nobody for anything while nothing happens, and keeps its key beyond its time', async () => {
    docker.start(name, '10.1.7.2');
    announce(5);
    await holds('10.1.7.2');
    const [asked, made] = [docker.asked.length, await store.get(key)];
    await new Promise((resolve) => setTimeout(resolve, 7500)); // longer than the key lives by itself: the thing under test
    expect(docker.asked).toHaveLength(asked);
    expect(await store.get(key)).toEqual(made);
    expect(events).toHaveLength(1);
  });

  it('leaves its key to the lease when it is killed; the next one takes the same word over and wakes nobody', async () => {
    docker.start(name, '10.1.7.2');
    const first = announce(3);
    await holds('10.1.7.2');
    await ended(first.child, 'SIGKILL');
    await holds(undefined);
    const second = announce(60);
    await holds('10.1.7.2');
    await ended(second.child, 'SIGKILL');
    const third = announce();
    await expect.poll(() => third.lines, patiently).toContain(`${key} = 10.1.7.2`);
    await expect.poll(() => actionOf(events.at(-1) as StoreEvent), patiently).toBe('refresh');
    await ended(third.child, 'SIGTERM');
    expect(await store.get(key)).toBeUndefined();
  });

  it("makes a removed key again, and leaves another's word until it goes", async () => {
    docker.start(name, '10.1.7.2');
    await store.put(key, '10.1.9.9');
    const { child, lines } = announce();
    await expect.poll(() => lines, patiently).toContainEqual(expect.stringContaining("10.1.9.9 is another's word"));
    await store.delete(key);
    await holds('10.1.7.2');
    await store.delete(key);
    await holds('10.1.7.2');
    await store.put(key, '10.1.9.9');
    await store.put(`${key}0`, 'of another instance');
    await ended(child, 'SIGTERM');
    expect((await store.get(key))?.value).toBe('10.1.9.9');
  });

  it('waits for Docker and for etcd, also when they go meanwhile', async () => {
    await docker.away();
    await etcd.kill();
    // It waits for each answer of etcd an eighth of this: a busy host takes longer than that of a few seconds, each time.
    const { child, lines } = announce(16);
    await expect
      .poll(() => lines, patiently)
      .toContainEqual(expect.stringContaining(`Docker does not tell of ${name}`));
    docker.start(name, '10.1.7.2');
    await docker.back();
    await expect.poll(() => lines, patiently).toContainEqual(expect.stringContaining('etcd does not answer'));
    await etcd.start();
    await holds('10.1.7.2');
    await docker.away();
    docker.end(name);
    docker.start(name, '10.1.7.3');
    await docker.back();
    await holds('10.1.7.3');
    await etcd.kill();
    expect(await ended(child, 'SIGTERM')).toBe(0);
    await etcd.start();
    // A leader that is new gives each lease its full time again.
    await expect.poll(async () => (await store.get(key))?.value, { timeout: 90_000, interval: 100 }).toBeUndefined();
  });

  it.each([
    [[], 'it takes one key'],
    [['--container', 'a', '/a', '/b'], 'it takes one key'],
    [['/a'], '--container takes the name of a container'],
    [['--container', 'a/../b', '/a'], '--container takes the name of a container'],
    [['--container', 'a', 'services/a'], '"services/a" is no key such as /services/memcached/1'],
    [['--container', 'a', '/a/'], '"/a/" is no key such as /services/memcached/1'],
    [['--container', 'a', '--ttl', '0', '/a'], '--ttl takes whole seconds from 1 to 99999, not "0"'],
    [['--container', 'a', '--ttl', '8s', '/a'], '--ttl takes whole seconds from 1 to 99999, not "8s"'],
    [['--kontainer', 'a', '/a'], "Unknown option '--kontainer'"],
  ])('refuses %j', (argv, cause) => {
    expect(() => readOptions(argv)).toThrow(cause);
  });
});
