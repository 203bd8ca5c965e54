import { describe, expect, test, vi } from 'vitest';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { watchServices } from '#platform/etcd/keys/services.ts';

function recorder() {
  const said: string[] = [];
  return {
    said,
    onSet: (instance: { id: string; value: string }) => void said.push(`set ${instance.id}=${instance.value}`),
    onGone: (instance: { id: string }) => void said.push(`gone ${instance.id}`),
  };
}

describe('watchServices', () => {
  test('the first picture: addresses with and without port, no markers, nothing deeper, nothing of a like-named service', async () => {
    const store = memoryStore();
    await store.put('/services/memcached/2', '10.1.2.2:11211');
    await store.put('/services/memcached/1', '10.1.1.2');
    await store.put('/services/memcached/', '');
    await store.put('/services/memcached/1/deep', 'x');
    await store.put('/services/memcached-old/1', '9.9.9.9');
    await store.put('/services/memcached/3', '');
    const watch = await watchServices(store, '/services/memcached', recorder());
    expect(watch.initial.map(({ id, address, port }) => [id, address, port])).toEqual([
      ['1', '10.1.1.2', undefined],
      ['2', '10.1.2.2', 11211],
    ]);
    await watch.close();
  });

  test('a key that is not there yet is told when it comes; set of the same value is told, its leaving too', async () => {
    const store = memoryStore();
    const on = recorder();
    const watch = await watchServices(store, '/services/couchbase/', on);
    expect(watch.initial).toEqual([]);
    const lease = await store.grantOnce(8);
    await store.put('/services/couchbase/1', '10.1.1.2', lease);
    await store.put('/services/couchbase/1', '10.1.1.2', lease);
    await store.keepAliveOnce(lease);
    store.expireLease(lease);
    await vi.waitFor(() => expect(on.said).toEqual(['set 1=10.1.1.2', 'set 1=10.1.1.2', 'gone 1']), 30_000);
    expect(watch.instances()).toEqual([]);
    await watch.close();
  });

  test('a change between list and watch is not missed', async () => {
    const store = memoryStore();
    await store.put('/s/a', '1.1.1.1');
    const on = recorder();
    const racing = {
      ...store,
      list: async (prefix: string) => {
        const listing = await store.list(prefix);
        await store.put('/s/a', '2.2.2.2');
        await store.put('/s/b', '3.3.3.3');
        return listing;
      },
    };
    const watch = await watchServices(racing, '/s', on);
    expect(watch.initial.map((i) => i.value)).toEqual(['1.1.1.1']);
    await vi.waitFor(() => expect(on.said).toEqual(['set a=2.2.2.2', 'set b=3.3.3.3']), 30_000);
    await watch.close();
  });

  test('after a compaction while the store was away, the differences are told', async () => {
    const store = memoryStore();
    const other = store.connect();
    await store.put('/s/a', '1.1.1.1');
    await store.put('/s/b', '2.2.2.2');
    await store.put('/s/c', '3.3.3.3');
    const on = recorder();
    const watch = await watchServices(store, '/s', on);
    // Everything happens in one turn, so that the watch sees none of it before the history is gone.
    const writes = [other.put('/s/a', '9.9.9.9'), other.delete('/s/b'), other.put('/s/d', '4.4.4.4')];
    queueMicrotask(() => store.setAway(true));
    await Promise.allSettled(writes);
    store.compact();
    store.setAway(false);
    await vi.waitFor(
      () => expect(watch.instances().map((i) => i.value)).toEqual(['9.9.9.9', '3.3.3.3', '4.4.4.4']),
      30_000,
    );
    expect([...on.said].sort()).toEqual(['gone b', 'set a=9.9.9.9', 'set d=4.4.4.4']);
    await watch.close();
  });
});
