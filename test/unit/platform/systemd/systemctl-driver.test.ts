import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blame, parseShow, systemctlDriver } from '#platform/systemd/systemctl-driver.ts';

test('parseShow matches blocks by position: the Id of an alias is not the name asked for', () => {
  const output =
    'LoadState=loaded\nActiveState=active\nSubState=running\nInvocationID=0f\n\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n';
  expect([...parseShow(output, ['a.service', 'b.service', 'c.service'])]).toEqual([
    ['a.service', { load: 'loaded', active: 'active', sub: 'running', invocation: '0f' }],
    ['b.service', { load: 'not-found', active: 'inactive', sub: 'dead', invocation: '' }],
  ]);
});

test('parseShow leaves out what was cut off', () => {
  const whole = 'LoadState=loaded\nActiveState=active\nSubState=running\nInvocationID=0f\n\n';
  for (const rest of ['', 'LoadState=lo', 'LoadState=loaded\nActiveState=active', 'Failed to list: no bus']) {
    expect([...parseShow(whole + rest, ['a.service', 'b.service']).keys()]).toEqual(['a.service']);
  }
  expect(parseShow('', ['a.service'])).toEqual(new Map());
});

test('blame finds the unit that systemctl names, not one whose name contains it', () => {
  const stderr =
    'Failed to start web@1.service: Unit web@1.service has a bad unit file setting.\nSee system logs for details.\n';
  expect([...blame(['myweb@1.service', 'web@1.service'], { code: 1, stdout: '', stderr })]).toEqual([
    ['web@1.service', 'Failed to start web@1.service: Unit web@1.service has a bad unit file setting.'],
  ]);
  expect([...blame(['a.service'], { code: 1, stdout: '', stderr: 'Connection refused' })]).toEqual([
    ['a.service', 'Connection refused'],
  ]);
});

/** A systemctl that writes down how it was called and fails to start whatever is called bad. */
const fakeSystemctl = `#!/bin/sh
echo "$*" >> "$SYSTEMCTL_LOG"
case "$1 $*" in
  start*bad.service*) echo "Failed to start bad.service: Unit bad.service has a bad unit file setting." >&2; exit 1;;
  stop*stuck.service*) echo "Failed to stop stuck.service: Connection timed out" >&2; exit 1;;
  stop*gone.service*) echo "Failed to stop gone.service: Unit gone.service not loaded." >&2; exit 5;;
  is-system-running*) echo stopping; exit 1;;
esac
`;

describe('systemctlDriver against a recording systemctl', () => {
  let directory = '';
  const before = { path: process.env['PATH'], log: process.env['SYSTEMCTL_LOG'] };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'systemctl-'));
    await mkdir(join(directory, 'bin'));
    await writeFile(join(directory, 'bin/systemctl'), fakeSystemctl);
    await chmod(join(directory, 'bin/systemctl'), 0o755);
    process.env['PATH'] = `${join(directory, 'bin')}:${before.path}`;
    process.env['SYSTEMCTL_LOG'] = join(directory, 'calls');
  });
  afterEach(async () => {
    process.env['PATH'] = before.path;
    if (before.log === undefined) delete process.env['SYSTEMCTL_LOG'];
    await rm(directory, { recursive: true, force: true });
  });
  const calls = async () => (await readFile(join(directory, 'calls'), 'utf8')).trim().split('\n');
  const open = () => systemctlDriver(join(directory, 'fleet/units'), join(directory, 'links'));

  test('all files are linked before one reload; one bad unit does not hide that others started', async () => {
    const driver = open();
    expect(await driver.installed()).toEqual([]);
    await driver.load([
      { name: 'a.service', text: '[Service]\nExecStart=/a\n' },
      { name: 'bad.service', text: '[Service]\n\n[Install]\nWantedBy=x\n' },
    ]);
    expect(await readlink(join(directory, 'links/a.service'))).toBe(join(directory, 'fleet/units/a.service'));
    expect([...(await driver.start(['a.service', 'bad.service'])).keys()]).toEqual(['bad.service']);
    expect(await calls()).toEqual([
      'daemon-reload',
      'enable --runtime --no-reload --quiet -- bad.service',
      'start --no-block -- a.service bad.service',
    ]);
  });

  test('a new driver adopts what an earlier one started', async () => {
    await open().installed();
    await open().load([
      { name: 'a.service', text: 'A' },
      { name: 'b.service', text: 'B' },
    ]);
    await open().start(['a.service']);
    expect(await open().installed()).toEqual([
      { name: 'a.service', text: 'A', started: true },
      { name: 'b.service', text: 'B', started: false },
    ]);
    await open().stop(['a.service']);
    await open().unload(['a.service', 'b.service']);
    expect(await open().installed()).toEqual([]);
    expect(await readdir(join(directory, 'links'))).toEqual([]);
    expect((await calls()).slice(-3)).toEqual([
      'stop --no-block -- a.service',
      'daemon-reload',
      'reset-failed -- a.service b.service',
    ]);
  });

  test('a unit that could not be stopped still counts as started; one that systemd does not know does not', async () => {
    for (const name of ['stuck.service', 'gone.service']) {
      await open().installed();
      await open().load([{ name, text: 'A' }]);
      await open().start([name]);
      expect([...(await open().stop([name])).keys()]).toEqual([name]);
    }
    expect((await open().installed()).map((u) => [u.name, u.started])).toEqual([
      ['gone.service', false],
      ['stuck.service', true],
    ]);
  });

  test('a machine that goes down says so', async () => {
    expect(await open().shuttingDown()).toBe(true);
  });
});
