import { afterEach, describe, expect, test, vi } from 'vitest';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore, StoreEvent } from '#platform/etcd/store.ts';
import { realEtcd, type RealEtcd } from './real-etcd.ts';
const openers = { grpc: openEtcd, gateway: gatewayStore };
const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const act of cleanUp.splice(0).reverse()) await act();
});

async function started(opts: Parameters<typeof realEtcd>[0] = {}): Promise<RealEtcd> {
  const etcd = await realEtcd(opts);
  cleanUp.push(() => etcd.stop());
  return etcd;
}

function opened(kind: keyof typeof openers, endpoints: string[], timeoutMs?: number): EtcdStore {
  const store = openers[kind]({ endpoints, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  cleanUp.push(() => store.close());
  return store;
}

describe.each(['grpc', 'gateway'] as const)('etcd away: %s', (kind) => {
  test('a watch and a lease live through a killed and restarted member: no event lost or doubled', async () => {
    const etcd = await started();
    const store = opened(kind, etcd.endpoints);
    const other = opened(kind === 'grpc' ? 'gateway' : 'grpc', etcd.endpoints);
    const events: StoreEvent[] = [];
    const disconnects: Error[] = [];
    const lease = await store.grant(10);
    await store.put('/w/lease', 'v', lease.id);
    await store.watch('/w/k', { onEvent: (e) => events.push(e), onDisconnect: (e) => disconnects.push(e) });
    await store.put('/w/k', '1');
    await vi.waitFor(() => expect(events).toHaveLength(1), 30_000);
    await etcd.kill();
    await vi.waitFor(() => expect(disconnects).toHaveLength(1), 30_000);
    // The watch's connection may be seen to break before the kept one is: a request sent on that one is "no answer", once.
    await vi.waitFor(() => expect(store.get('/w/k')).rejects.toMatchObject({ code: 'timeout.etcd-connect' }), 30_000);
    await etcd.start();
    await other.put('/w/k', '2');
    await other.put('/w/k', '3');
    await vi.waitFor(() => expect(events.map((e) => e.value)).toEqual(['1', '2', '3']), 30_000);
    expect(await store.get('/w/lease')).toMatchObject({ value: 'v' });
    expect(await store.keepAliveOnce(lease.id)).toBe(10);
  });

  test('a compaction while away: onResync once, then the present', async () => {
    const etcd = await started();
    const store = opened(kind, etcd.endpoints);
    await store.put('/c/k', '1');
    const { revision } = await store.list('/c/');
    for (const value of ['2', '3', '4']) await store.put('/c/k', value);
    const present = (await store.list('/c/')).revision;
    await fetch(`${etcd.endpoints[0]}/v3/kv/compaction`, {
      method: 'POST',
      body: JSON.stringify({ revision: present }),
    });
    const seen: string[] = [];
    const handlers = { onEvent: (e: StoreEvent) => void seen.push(e.value), onResync: () => void seen.push('resync') };
    await store.watch('/c/', handlers, revision + 1);
    await vi.waitFor(() => expect(seen).toEqual(['resync']), 30_000);
    await store.put('/c/k', '5');
    await vi.waitFor(() => expect(seen).toEqual(['resync', '5']), 30_000);
  });

  test('without quorum every request ends by its deadline, and a watch goes on when the quorum is back', async () => {
    const etcd = await started({ members: 2 });
    const store = opened(kind, etcd.endpoints.slice(0, 1), 2000);
    const events: StoreEvent[] = [];
    await store.watch('/q/', { onEvent: (e) => events.push(e) });
    // gRPC has a connection for keys and one for leases: on a busy host its time may not be enough to make one, which is "nobody there".
    await vi.waitFor(() => store.get('/q/a'), { timeout: 30_000, interval: 100 });
    await vi.waitFor(() => store.grantOnce(5), { timeout: 30_000, interval: 100 });
    await etcd.kill(1);
    const asked = [
      store.get('/q/a'),
      store.put('/q/a', '1'),
      store.transact([{ key: '/q/a', absent: true }], [{ put: '/q/a', value: '1' }]),
      store.grantOnce(5),
    ];
    for (const request of asked) request.catch(() => undefined);
    for (const request of asked) await expect(request).rejects.toMatchObject({ code: 'timeout.etcd' });
    await etcd.start(1);
    await vi.waitFor(() => store.put('/q/b', '2'), { timeout: 30_000, interval: 100 });
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ key: '/q/b', value: '2' }), 30_000);
  });

  test('with several endpoints the next one answers when the first is dead or silent', async () => {
    const etcd = await started({ members: 3 });
    const store = opened(kind, etcd.endpoints, 1000);
    await vi.waitFor(() => store.put('/e/a', '1'), { timeout: 30_000, interval: 100 });
    await etcd.kill(0);
    await vi.waitFor(async () => expect(await store.get('/e/a')).toMatchObject({ value: '1' }), 30_000);
    const silent = opened(kind, [etcd.endpoints[1]!, etcd.endpoints[2]!], 1500);
    await etcd.start(0);
    await etcd.signal(1, 'SIGSTOP');
    await vi.waitFor(async () => expect(await silent.get('/e/a')).toMatchObject({ value: '1' }), 30_000);
    await etcd.signal(1, 'SIGCONT');
  });

  test('nobody there: the error says so, with its remedy', async () => {
    const store = opened(kind, ['http://127.0.0.1:1']);
    await expect(store.get('/x')).rejects.toMatchObject({
      code: 'timeout.etcd-connect',
      message: 'cannot connect to etcd at http://127.0.0.1:1 (range)',
      next: 'systemctl status etcd',
    });
    await expect(store.put('/x', 'y')).rejects.toMatchObject({ code: 'timeout.etcd-connect' });
  });
});
