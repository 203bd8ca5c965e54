import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { http, startV2, type RunningV2 } from './start-v2.ts';

let etcd: RealEtcd;
let ours: RunningV2;
let store: EtcdStore;
beforeAll(async () => {
  etcd = await realEtcd();
  ours = await startV2(etcd.endpoints[0] ?? '');
  store = openEtcd({ endpoints: etcd.endpoints });
});
afterAll(async () => {
  await store.close();
  await ours.close();
  await etcd.stop();
});

interface Node {
  readonly ttl?: number;
  readonly nodes?: readonly Node[];
}
const put = (path: string, body: string) => http(ours.url, 'PUT', `/v2/keys${path}`, body);
const nodeOf = async (path: string) =>
  (JSON.parse((await http(ours.url, 'GET', `/v2/keys${path}`)).text) as { node: Node }).node;
const leaseOf = async (key: string) => (await store.get(key))?.lease;
/** Ids of all leases that etcd keeps. */
const leases = async () => {
  const answer = await fetch(`${etcd.endpoints[0]}/v3/lease/leases`, { method: 'POST', body: '{}' });
  return ((await answer.json()) as { leases?: { ID: string }[] }).leases?.map(({ ID }) => ID) ?? [];
};

test('a heartbeat keeps its lease and lives as long again; another time to live is another lease', async () => {
  await put('/beat', 'value=1&ttl=30');
  const first = await leaseOf('/beat');
  const before = await leases();
  // Some seconds less, so that a busy host that takes a second for an answer still shows more than that afterwards.
  await vi.waitFor(async () => expect((await nodeOf('/beat')).ttl).toBeLessThan(27), { timeout: 30_000 });
  const { ttl: left = 30 } = await nodeOf('/beat');
  const again = await put('/beat', 'value=2&ttl=30');
  expect(JSON.parse(again.text)).toMatchObject({
    action: 'set',
    node: { value: '2', ttl: 30 },
    prevNode: { value: '1' },
  });
  expect(await leaseOf('/beat')).toBe(first);
  expect((await nodeOf('/beat')).ttl).toBeGreaterThan(left);
  expect((await leases()).sort()).toEqual(before.sort());
  await put('/beat', 'value=3&ttl=40');
  expect(await leaseOf('/beat')).not.toBe(first);
  await vi.waitFor(async () => expect(await leases()).not.toContain(first), { timeout: 30_000 });
});

test('a lease that others hang on stays theirs', async () => {
  const shared = await store.grantOnce(50);
  await store.put('/shared/a', '1', shared);
  await store.put('/shared/b', '1', shared);
  await put('/shared/a', 'value=2&ttl=50');
  expect(await leaseOf('/shared/a')).not.toBe(shared);
  await put('/shared/a', 'value=3');
  expect(await leaseOf('/shared/a')).toBe('0');
  expect(await leaseOf('/shared/b')).toBe(shared);
});

test('a value without a time to live ends the lease of the one before', async () => {
  await put('/plain', 'value=1&ttl=60');
  const lease = await leaseOf('/plain');
  const { text } = await put('/plain', 'value=2');
  expect(JSON.parse(text)).toMatchObject({ prevNode: { value: '1', ttl: expect.any(Number) as number } });
  await vi.waitFor(async () => expect(await leases()).not.toContain(lease), { timeout: 30_000 });
  expect(await nodeOf('/plain')).not.toHaveProperty('ttl');
});

test('what is refused leaves no lease behind', async () => {
  await put('/taken', 'value=1');
  const before = await leases();
  for (let i = 0; i < 5; i++) expect((await put('/taken?prevExist=false', 'value=2&ttl=60')).status).toBe(412);
  expect((await put('/taken?prevValue=9', 'value=2&ttl=60')).status).toBe(412);
  await vi.waitFor(async () => expect((await leases()).sort()).toEqual(before.sort()), { timeout: 30_000 });
});

test('a listing has the time of each of many keys; one level has those of that level', async () => {
  await Promise.all(Array.from({ length: 60 }, (_, i) => put(`/many/${i}`, 'value=1&ttl=90')));
  await put('/many/deep/x', 'value=1&ttl=90');
  const all = await nodeOf('/many?recursive=true');
  const times = (node: Node): number[] => [
    ...(node.ttl === undefined ? [] : [node.ttl]),
    ...(node.nodes ?? []).flatMap(times),
  ];
  expect(times(all)).toHaveLength(61);
  expect(times(await nodeOf('/many'))).toHaveLength(60);
});
