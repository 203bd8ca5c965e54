import { expect, test } from 'vitest';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { memoryStore } from '#platform/etcd/memory-store.ts';
import { putUnit } from '#platform/fleet/api/put-unit.ts';
import { viewOf } from '#platform/fleet/registry/view.ts';

const keys = fleetKeys();
const job = keys.job('a.service');
const options = (command: string) => [{ section: 'Service', name: 'ExecStart', value: command }];

/** A unit as one request has read it, and the store in which others go on. */
async function known(desiredState: string) {
  const store = memoryStore();
  await putUnit(store, keys, 'a.service', { options: options('/bin/a'), desiredState }, undefined);
  const { items } = await store.list(keys.prefix);
  const [existing] = viewOf(
    keys,
    items.map(({ key, value }) => [key, value] as const),
  ).units;
  return { store, existing };
}

test('new content leaves what is wanted as somebody has just said it', async () => {
  const { store, existing } = await known('loaded');
  await putUnit(store, keys, 'a.service', { desiredState: 'launched' }, existing);
  await putUnit(store, keys, 'a.service', { options: options('/bin/b') }, existing);
  expect((await store.get(job.desired))?.value).toBe('launched');
  expect((await store.get(job.object))?.value).toContain('/bin/b');
});

test('what is wanted leaves new content as somebody has just put it', async () => {
  const { store, existing } = await known('loaded');
  await putUnit(store, keys, 'a.service', { options: options('/bin/b') }, existing);
  await putUnit(store, keys, 'a.service', { desiredState: 'launched' }, existing);
  expect((await store.get(job.object))?.value).toContain('/bin/b');
  expect((await store.get(job.desired))?.value).toBe('launched');
});

test('both at once are written at once; a new unit is wanted inactive', async () => {
  const { store, existing } = await known('loaded');
  await putUnit(store, keys, 'a.service', { options: options('/bin/b'), desiredState: 'inactive' }, existing);
  expect((await store.get(job.desired))?.modRevision).toBe((await store.get(job.object))?.modRevision);
  await putUnit(store, keys, 'b.service', { options: options('/bin/b') }, undefined);
  expect((await store.get(keys.job('b.service').desired))?.value).toBe('inactive');
});
