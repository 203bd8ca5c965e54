import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unitFiles, type UnitFiles } from '#platform/systemd/unit-files.ts';

let directory = '';
let files: UnitFiles;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'unit-files-'));
  files = unitFiles(join(directory, 'fleet/units'), join(directory, 'links'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('a unit lies in a directory of its own, and is linked to where systemd looks', async () => {
  expect(files.installed()).toEqual([]);
  files.write('b.service', 'two');
  files.write('a.service', 'one');
  files.write('b.service', 'three');
  files.markStarted('b.service');
  expect(files.installed()).toEqual([
    { name: 'a.service', text: 'one', started: false, stopping: false },
    { name: 'b.service', text: 'three', started: true, stopping: false },
  ]);
  expect(await readlink(join(directory, 'links/a.service'))).toBe(join(directory, 'fleet/units/a.service'));
  // A daemon that starts anew finds the same.
  expect(unitFiles(join(directory, 'fleet/units'), join(directory, 'links')).installed()).toEqual(files.installed());
  files.unmarkStarted('b.service');
  expect(files.installed().map((u) => u.started)).toEqual([false, false]);
});

test('of what was started it is remembered that it is to stop, until it has stopped or is started again', () => {
  const marks = () => unitFiles(join(directory, 'fleet/units'), join(directory, 'links')).installed();
  const is = (started: boolean, stopping: boolean) => [{ name: 'a.service', text: 'one', started, stopping }];
  files.write('a.service', 'one');
  files.markStopping('a.service');
  expect(marks()).toEqual(is(false, false));
  files.markStarted('a.service');
  files.markStopping('a.service');
  expect(marks()).toEqual(is(true, true));
  files.markStopping('a.service');
  expect(marks()).toEqual(is(true, true));
  files.markStarted('a.service');
  expect(marks()).toEqual(is(true, false));
  files.markStopping('a.service');
  files.unmarkStarted('a.service');
  expect(marks()).toEqual(is(false, false));
});

test('what is removed leaves nothing, and may be gone already', async () => {
  files.write('a.service', 'one');
  files.markStarted('a.service');
  files.markStopping('a.service');
  files.markStarted('a.service');
  files.markStopping('a.service');
  files.remove('a.service');
  for (const each of ['links', 'fleet/units', 'fleet/started', 'fleet/stopping'])
    expect(await readdir(join(directory, each))).toEqual([]);
  files.remove('a.service');
  files.unmarkStarted('a.service');
});

test.each([
  ['[Unit]\n[Install]\nWantedBy=x.target\n', true],
  ['[Install]', true],
  ['[Unit]\nDescription=[Install]\n', false],
  ['', false],
])('%j has an [Install] section: %j', (text, expected) => {
  files.write('a.service', text);
  expect(files.wantsEnabling('a.service')).toBe(expected);
});

test('of a unit that is not there nothing is to be enabled', () => {
  expect(files.wantsEnabling('nosuch.service')).toBe(false);
});

test("an editor's leftovers are no units", async () => {
  files.installed();
  await writeFile(join(directory, 'fleet/units/.a.service.swp'), '');
  expect(files.installed()).toEqual([]);
});
