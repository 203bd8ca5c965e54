import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { lines, listen, toEnd } from './listen.ts';
import { http, startV2, type RunningV2 } from './start-v2.ts';

let etcd: RealEtcd;
let endpoint: string;
let ours: RunningV2;
let store: EtcdStore;
/** Index before anything was written, and what a watch was told while it was. */
let old: number;
let live: string[];

const put = (path: string, body: string) => http(ours.url, 'PUT', `/v2/keys${path}`, body);
const indexOf = (text: string) => (JSON.parse(text) as { node: { modifiedIndex: number } }).node.modifiedIndex;
/** Watches of v3 that etcd has open. */
const ofV3 = async () =>
  Number(/^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec(await (await fetch(`${endpoint}/metrics`)).text())?.[1]);

beforeAll(async () => {
  etcd = await realEtcd();
  endpoint = etcd.endpoints[0] ?? '';
  ours = await startV2(endpoint);
  store = openEtcd({ endpoints: etcd.endpoints });
  const stream = await fetchLive();
  old = indexOf((await put('/far/k', 'value=1')).text);
  await put('/far/k?prevExist=true', 'value=2');
  await put('/far/k', 'value=2&ttl=600');
  await put('/far/k', 'refresh=true&ttl=500');
  await put('/far/d/e', 'dir=true');
  await put('/far/d/e/f', 'value=1');
  await http(ours.url, 'DELETE', '/v2/keys/far/d?recursive=true');
  await http(ours.url, 'DELETE', '/v2/keys/far/k?prevValue=2');
  await put('/far/end', 'value=1');
  live = await stream();
  for (let i = 0; i < 60; i++)
    await Promise.all(Array.from({ length: 20 }, (_, j) => store.put(`/noise/${j}`, String(i))));
});
afterAll(async () => {
  await store.close();
  await ours.close();
  await etcd.stop();
});

/** Begins a stream; what it returns ends it, and has what was told. */
async function fetchLive(): Promise<() => Promise<string[]>> {
  const cut = new AbortController();
  const res = await fetch(`${ours.url}/v2/keys/far?wait=true&recursive=true&stream=true`, { signal: cut.signal });
  let text = '';
  const reading = (async () => {
    for await (const chunk of res.body ?? []) text += Buffer.from(chunk).toString('utf8');
  })().catch(() => undefined);
  return async () => {
    await vi.waitFor(() => expect(text).toContain('/far/end'), { timeout: 30_000 });
    cut.abort();
    await reading;
    return text.split('\n').filter(Boolean);
  };
}

/** Times left go down meanwhile. */
const untimed = (told: readonly string[]) =>
  told.map((line) => line.replace(/"expiration":"[^"]*",?/g, '').replace(/"ttl":\d+,?/g, ''));

test('who is far behind is told what others were told at the time', async () => {
  const stream = await listen(ours.url, `/v2/keys/far?wait=true&recursive=true&stream=true&waitIndex=${old}`);
  await vi.waitFor(() => expect(lines(stream).at(-1)).toContain('/far/end'), { timeout: 30_000 });
  expect(untimed(lines(stream))).toEqual(untimed(live));
  expect(live).toHaveLength(8);
  stream.hangUp();
});

test('of a key in a directory that went whole, too', async () => {
  const written = indexOf(live.find((line) => line.includes('/far/d/e/f') && line.includes('"set"')) ?? '{}');
  const heard = await listen(ours.url, `/v2/keys/far/d/e/f?wait=true&waitIndex=${written + 1}`);
  await toEnd(heard);
  expect(lines(heard)).toEqual(live.filter((line) => line.includes('"delete"') && line.includes('"/far/d"')));
});

test('it hears etcd by itself, and disturbs nobody who waits already; when it hangs up that ends', async () => {
  const present = await listen(ours.url, '/v2/keys/now?wait=true&stream=true');
  await vi.waitFor(async () => expect(await ofV3()).toBe(1), { timeout: 30_000 });
  const behind = await Promise.all(
    ['/far/none', '/noises?recursive=true', '/far/other'].map((path) =>
      listen(ours.url, `/v2/keys${path}${path.includes('?') ? '&' : '?'}wait=true&waitIndex=${old}`),
    ),
  );
  await vi.waitFor(async () => expect(await ofV3()).toBe(4), { timeout: 30_000 });
  await put('/now', 'value=1');
  await put('/noises/x', 'value=1');
  await vi.waitFor(() => expect(lines(present)).toHaveLength(1), { timeout: 30_000 });
  await toEnd(behind[1] ?? present);
  expect(behind[1]?.text).toContain('"key":"/noises/x"');
  behind.forEach((heard) => heard.hangUp());
  await vi.waitFor(async () => expect(await ofV3()).toBe(1), { timeout: 30_000 });
  present.hangUp();
  await vi.waitFor(async () => expect(await ofV3()).toBe(0), { timeout: 30_000 });
});

test('of history that was compacted it is told so', async () => {
  const now = indexOf((await put('/far/k', 'value=9')).text);
  const body = JSON.stringify({ revision: String(now), physical: true });
  expect((await fetch(`${endpoint}/v3/kv/compaction`, { method: 'POST', body })).ok).toBe(true);
  const refused = await http(ours.url, 'GET', `/v2/keys/far/k?wait=true&waitIndex=${old}`);
  expect([refused.status, JSON.parse(refused.text)]).toMatchObject([400, { errorCode: 401 }]);
  await vi.waitFor(async () => expect(await ofV3()).toBe(0), { timeout: 30_000 });
});
