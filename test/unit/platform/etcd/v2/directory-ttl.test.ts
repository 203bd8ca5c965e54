import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { lines, listen } from './listen.ts';
import { comparable, http, startV2, type Answer, type RunningV2 } from './start-v2.ts';

/** Beside it etcd's own v2 API, as in like-etcd.test.ts. */
let etcd: RealEtcd;
let ours: RunningV2;
let bases: readonly [string, string];
let store: EtcdStore;
beforeAll(async () => {
  etcd = await realEtcd({ args: ['--enable-v2=true'] });
  ours = await startV2(etcd.endpoints[0] ?? '');
  bases = [ours.url, etcd.endpoints[0] ?? ''];
  store = openEtcd({ endpoints: etcd.endpoints });
});
afterAll(async () => {
  await store.close();
  await ours.close();
  await etcd.stop();
});

/** The same of both; what differs by nature aside. */
async function same(method: string, path: string, body?: string): Promise<string> {
  const [mine, real] = await bothOf(method, path, body);
  const what = `${method} ${path} ${body ?? ''}`;
  expect({ what, ...comparable(mine) }).toEqual({ what, ...comparable(real) });
  return mine.text;
}

function bothOf(method: string, path: string, body?: string): Promise<[Answer, Answer]> {
  const [mine, real] = bases;
  return Promise.all([http(mine, method, `/v2/keys${path}`, body), http(real, method, `/v2/keys${path}`, body)]);
}

function withoutTimeBefore(answer: Answer) {
  const { text, ...rest } = comparable(answer);
  return { ...rest, text: text.replace(/("prevNode":\{.*"ttl":)[0-5],/, '$10,') };
}

const untimed = (told: readonly string[]) =>
  told.map((line) =>
    line
      .replace(/"expiration":"[^"]*",?/g, '')
      .replace(/"ttl":\d+,?/g, '')
      .replace(/Index":\d+/g, 'Index":0'),
  );
const isGone = (path: string) =>
  vi.waitFor(
    async () => {
      for (const base of bases) expect((await http(base, 'GET', `/v2/keys${path}`)).status).toBe(404);
    },
    { timeout: 30_000, interval: 50 },
  );

test('takes with it what is in it, in one change, and what is in it shows no time of its own', async () => {
  const streams = await Promise.all(
    ['/d?recursive=true', '/d/sub/b?', '/?recursive=true'].flatMap((watched) =>
      bases.map((base) => listen(base, `/v2/keys${watched}&wait=true&stream=true`)),
    ),
  );
  // Long enough that nothing runs out before a busy host has made everything; then shortened.
  await same('PUT', '/d', 'dir=true&ttl=600');
  await same('PUT', '/d/a', 'value=1');
  await same('PUT', '/d/a', 'value=2');
  await same('PUT', '/d/sub/b', 'value=1');
  await same('PUT', '/d/made', 'dir=true');
  await same('POST', '/d/queue', 'value=1');
  expect(await same('GET', '/d/a')).not.toContain('ttl');
  expect((await same('GET', '/d?recursive=true')).match(/"ttl"/g)).toHaveLength(1);
  await same('PUT', '/d?prevExist=true', 'dir=true&ttl=2');
  await isGone('/d');
  await isGone('/d/sub/b');
  for (const base of bases) await http(base, 'PUT', '/v2/keys/d/sub/b', 'value=last');
  for (let i = 0; i < streams.length; i += 2) {
    const [mine, real] = streams.slice(i, i + 2);
    const told = (heard: typeof mine) => untimed(heard ? lines(heard) : []).map((line) => line.replace(/\d{20}/g, 'N'));
    // etcd tells a stream twice that the key it watches is gone.
    const once = (all: string[]) => all.filter((line, at) => line !== all[at - 1]);
    await vi.waitFor(() => expect(told(mine)).toEqual(once(told(real))), { timeout: 30_000 });
    expect(told(mine).filter((line) => line.includes('"expire"'))).toHaveLength(1);
  }
  expect((await store.list('/d/')).items.map(({ key }) => key)).toEqual(['/d/sub/b']);
});

test('with another time to live, or none, so has what is in it', async () => {
  await Promise.all(['/sooner', '/never'].map((path) => same('PUT', path, 'dir=true&ttl=400')));
  await same('PUT', '/late', 'dir=true');
  for (const path of ['/sooner', '/never', '/late']) {
    await same('PUT', `${path}/a`, 'value=1');
    await same('PUT', `${path}/own`, 'value=1&ttl=100');
  }
  const [stream] = await Promise.all([listen(ours.url, '/v2/keys/sooner?wait=true&recursive=true&stream=true')]);
  await same('PUT', '/sooner?prevExist=true', 'dir=true&ttl=2');
  await same('PUT', '/never?prevExist=true', 'dir=true');
  await same('PUT', '/late?prevExist=true', 'dir=true&ttl=2');
  await isGone('/sooner/a');
  await isGone('/late/a');
  const actions = () =>
    lines(stream).map((line) => /"action":"(\w+)","node":\{"key":"([^"]*)"/.exec(line)?.slice(1).join(' '));
  await vi.waitFor(() => expect(actions()).toEqual(['update /sooner', 'expire /sooner']), { timeout: 30_000 });
  expect(await same('GET', '/never/a')).toContain('"value":"1"');
  expect((await store.get('/never/a'))?.lease).toBe('0');
});

test('renewed by a refresh it lives on with what is in it', async () => {
  await same('PUT', '/fresh', 'dir=true&ttl=5');
  await same('PUT', '/fresh/a', 'value=1');
  const until = performance.now() + 7500;
  while (performance.now() < until) {
    // What was left of the time before is not the same of both, when a round took a second.
    const [mine, real] = await bothOf('PUT', '/fresh?prevExist=true', 'dir=true&refresh=true&ttl=5');
    expect(withoutTimeBefore(mine)).toEqual(withoutTimeBefore(real));
    expect((await http(ours.url, 'GET', '/v2/keys/fresh/a')).status).toBe(200);
  }
  await isGone('/fresh/a');
});

test('of more than a transaction takes at once', async () => {
  const shorten = async (ttl: number) =>
    expect((await http(ours.url, 'PUT', '/v2/keys/many?prevExist=true', `dir=true&ttl=${ttl}`)).status).toBe(200);
  await http(ours.url, 'PUT', '/v2/keys/many', 'dir=true&ttl=100');
  await Promise.all(Array.from({ length: 250 }, (_, i) => http(ours.url, 'PUT', `/v2/keys/many/${i}`, `value=${i}`)));
  await shorten(90);
  const { items } = await store.list('/many/');
  expect(items).toHaveLength(251);
  expect(new Set(items.map(({ lease }) => lease)).size).toBe(1);
  expect(items.find(({ key }) => key === '/many/7')?.value).toBe('7');
  await shorten(2);
  await vi.waitFor(async () => expect((await store.list('/many/')).items).toEqual([]), { timeout: 30_000 });
});
