import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { writeUnits } from '#platform/fleet/api/write-units.ts';
import { openMirror } from '#platform/fleet/registry/mirror.ts';
import { registryOf, type Registry } from '#platform/fleet/registry/registry.ts';
import { deafStore } from '../deaf-store.ts';

const keys = fleetKeys();
const job = keys.job('a.service');
const options = (command: string) => [{ section: 'Service', name: 'ExecStart', value: command }];

/** A unit that is to be loaded, as one daemon knows it from before, and the registry in which others go on. */
async function known() {
  const store = memoryStore();
  const others = registryOf(store, keys, () => undefined);
  await change(others, '/bin/a', 'loaded');
  const copy = await openMirror(deafStore(store), keys, () => undefined);
  return { store, others, late: registryOf(store, keys, () => copy) };
}
const change = (registry: Registry, command: string | undefined, desired?: 'inactive' | 'loaded' | 'launched') =>
  writeUnits(registry, [{ name: 'a.service', options: command === undefined ? [] : options(command), desired }]);

test('new content leaves what is wanted as somebody has just said it', async () => {
  const { store, others, late } = await known();
  await change(others, undefined, 'launched');
  await change(late, '/bin/b');
  expect((await store.get(job.desired))?.value).toBe('launched');
  expect((await store.get(job.object))?.value).toContain('/bin/b');
});

test('what is wanted leaves new content as somebody has just put it', async () => {
  const { store, others, late } = await known();
  await change(others, '/bin/b');
  await change(late, undefined, 'launched');
  expect((await store.get(job.object))?.value).toContain('/bin/b');
  expect((await store.get(job.desired))?.value).toBe('launched');
});

test('both at once are written at once; a new unit is wanted inactive', async () => {
  const { store, others } = await known();
  await change(others, '/bin/b', 'inactive');
  expect((await store.get(job.desired))?.modRevision).toBe((await store.get(job.object))?.modRevision);
  await writeUnits(others, [{ name: 'b.service', options: options('/bin/b'), desired: undefined }]);
  expect((await store.get(keys.job('b.service').desired))?.value).toBe('inactive');
});
