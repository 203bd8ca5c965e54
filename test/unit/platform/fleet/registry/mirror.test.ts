import { expect, onTestFinished, test, vi } from 'vitest';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { openMirror } from '#platform/fleet/registry/mirror.ts';
import { realEtcd } from '../../etcd/real-etcd.ts';

test('a watch that a member keeps open in silence costs one comparison, not the truth', async () => {
  const etcd = await realEtcd({ members: 3 });
  onTestFinished(() => etcd.stop());
  const keys = fleetKeys();
  const key = `${keys.prefix}job/a.service/target`;
  // Long enough that a busy host does not move the watch to another member before it matters.
  const store = gatewayStore({ endpoints: etcd.endpoints, timeoutMs: 3_000 });
  const other = gatewayStore({ endpoints: etcd.endpoints.slice(1), timeoutMs: 2000 });
  await vi.waitFor(() => other.put(key, 'one'), 30_000);
  const lines: string[] = [];
  const mirror = await openMirror(store, keys, (line) => lines.push(line), 300);
  onTestFinished(async () => {
    await mirror.close();
    await Promise.all([store.close(), other.close()]);
  });
  const changed: string[] = [];
  mirror.onChange((burst) => changed.push(...burst));
  expect(mirror.value(key)).toBe('one');

  await etcd.signal(0, 'SIGSTOP');
  onTestFinished(() => etcd.signal(0, 'SIGCONT'));
  await vi.waitFor(() => other.put(key, 'two'), 30_000);
  await vi.waitFor(() => expect(mirror.value(key)).toBe('two'), 30_000);
  expect(changed).toContain(key);
  expect(lines.some((line) => line.startsWith('mirror event=watch-silent'))).toBe(true);
  // The new watch follows by itself again, long before the next comparison could.
  await other.put(key, 'three');
  await vi.waitFor(() => expect(mirror.value(key)).toBe('three'), { timeout: 30_000, interval: 10 });
});
