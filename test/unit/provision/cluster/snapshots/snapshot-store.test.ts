import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SnapshotRecord } from '#provision/cluster/snapshots/snapshot-record.ts';
import { SnapshotStore } from '#provision/cluster/snapshots/snapshot-store.ts';

let dir = '';
let store: SnapshotStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'snapshots-'));
  store = new SnapshotStore(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const record = (at: string): SnapshotRecord => ({
  at,
  machines: [{ name: 'core-01', address: '172.17.8.101', machineId: 'a'.repeat(32), osRoot: '/os' }],
  bytes: 4096,
});

async function saved(name: string, at: string): Promise<void> {
  await store.keep(name, await store.begin(name), record(at));
}

it('lists what was kept, oldest first, and not what was only begun', async () => {
  await saved('later', '2026-01-02T00:00:00.000Z');
  await saved('first', '2026-01-01T00:00:00.000Z');
  await store.begin('half');
  expect((await store.list()).map(({ name }) => name)).toEqual(['first', 'later']);
  expect(await store.read('first')).toEqual(record('2026-01-01T00:00:00.000Z'));
  await store.clear();
  expect(readdirSync(join(dir, 'snapshots')).sort()).toEqual(['first', 'later']);
});

it('one that is removed is gone at once; a removal that was killed leaves nothing that counts', async () => {
  await saved('one', '2026-01-01T00:00:00.000Z');
  await store.remove('one');
  expect(await store.list()).toEqual([]);
  mkdirSync(join(dir, 'snapshots', '.two.gone'));
  expect(await store.list()).toEqual([]);
});

it('says which there are when one is missing, and that one is damaged', async () => {
  await expect(store.read('x')).rejects.toMatchObject({ code: 'missing.snapshot', next: 'lab snapshot save x' });
  await saved('one', '2026-01-01T00:00:00.000Z');
  await expect(store.read('x')).rejects.toThrow('there is no snapshot x; this lab has one');
  writeFileSync(join(store.directory('one'), 'snapshot.json'), '{"at": ');
  await expect(store.read('one')).rejects.toThrow('snapshot one is damaged');
});

it('no name leaves the directory, and none is taken twice', async () => {
  for (const name of ['', '.', '..', '../x', 'a/b', '.hidden', 'a b', '-x', 'x'.repeat(41), 'ö'])
    await expect(store.read(name)).rejects.toMatchObject({ code: 'usage.snapshot-name' });
  await saved('one', '2026-01-01T00:00:00.000Z');
  expect(() => store.refuseTaken('one')).toThrow('there is a snapshot one already');
  expect(() => store.refuseTaken('two')).not.toThrow();
});
