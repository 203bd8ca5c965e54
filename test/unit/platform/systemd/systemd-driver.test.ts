import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ObservedUnit } from '#platform/systemd/driver.ts';
import { systemdBus } from '#platform/systemd/bus/systemd-bus.ts';
import { eventually } from '../fleet/eventually.ts';
import { noSystemd, realSystemd, type RealSystemd } from './real-systemd.ts';

const sleeps = (name: string, more = '') => ({ name, text: `[Service]\nExecStart=/bin/sleep 1000\n${more}` });
const fails = (name: string) => ({ name, text: '[Service]\nExecStart=/bin/false\n' });

describe.skipIf(noSystemd !== undefined)('a driver and a real systemd (needs root)', () => {
  let systemd: RealSystemd;
  const woke: string[] = [];
  const reloads: boolean[] = [];
  const onlooker = { close: () => undefined as void };
  beforeAll(async () => {
    systemd = await realSystemd();
    systemd.driver.follow((unit) => woke.push(unit));
    // Signals go to every connection: another one counts how often unit files are read again.
    const bus = systemdBus(systemd.machine.socket);
    onlooker.close = () => bus.close();
    bus.listen({
      signal: ({ member, body }) => void (member === 'Reloading' && reloads.push(body[0] === true)),
      connected: () => undefined,
    });
    await bus.manager('GetDefaultTarget', '', [], () => undefined);
  });
  afterAll(async () => {
    onlooker.close();
    await systemd.stop();
  });
  afterEach(async () => {
    const { driver } = systemd;
    const names = (await driver.installed()).map((u) => u.name);
    await driver.stop(names);
    await until(names, (all) => all.every(({ active }) => active === 'inactive' || active === 'failed'));
    await driver.unload(names);
    woke.length = 0;
    reloads.length = 0;
  });

  const until = (names: readonly string[], hold: (units: readonly ObservedUnit[]) => boolean): Promise<void> =>
    eventually(async () => {
      const seen = [...(await systemd.driver.observe(names)).values()];
      return hold(seen) ? undefined : JSON.stringify(seen);
    }, 30_000);
  const active = (units: readonly ObservedUnit[]): boolean => units.every((u) => u.active === 'active');
  const shown = (unit: string, property: string): string => systemd.systemctl('show', '-P', property, unit);

  test('a life: many are loaded, run, stop and are gone, and systemd never reads all its unit files again', async () => {
    const { driver } = systemd;
    const names = Array.from({ length: 30 }, (_, n) => `life${n}.service`);
    expect(await driver.load(names.map((name) => sleeps(name)))).toEqual(new Map());
    expect(await driver.start(names)).toEqual(new Map());
    expect(await driver.installed()).toContainEqual({ ...sleeps('life7.service'), started: true, stopping: false });
    await until(names, active);
    const first = (await driver.observe(names)).get('life0.service');
    expect(first).toMatchObject({ load: 'loaded', active: 'active', sub: 'running' });
    expect(first?.invocation).toBe(shown('life0.service', 'InvocationID'));
    expect(new Set(woke)).toEqual(new Set(names));
    expect(await driver.stop(names)).toEqual(new Map());
    await until(names, (all) => all.every((u) => u.active === 'inactive' && u.load === 'loaded'));
    expect(await driver.unload(names)).toEqual(new Map());
    expect(await driver.installed()).toEqual([]);
    expect((await driver.observe(['life0.service'])).get('life0.service')).toMatchObject({ load: 'not-found' });
    expect(systemd.systemctl('list-units', '--all', '--no-legend', 'life*')).toBe('');
    expect(reloads).toEqual([]);
  });

  test('what happens to a unit is told at once, without a question', async () => {
    const { driver } = systemd;
    await driver.load([sleeps('told.service')]);
    await driver.start(['told.service']);
    await until(['told.service'], active);
    const before = (await driver.observe(['told.service'])).get('told.service');
    woke.length = 0;
    systemd.systemctl('kill', '--signal=KILL', 'told.service');
    await until(['told.service'], ([unit]) => unit?.active === 'failed');
    expect(woke).toContain('told.service');
    systemd.systemctl('start', 'told.service');
    await until(['told.service'], ([unit]) => unit?.active === 'active' && unit.invocation !== before?.invocation);
    expect((await driver.observe(['told.service'])).get('told.service')?.invocation).toBe(
      shown('told.service', 'InvocationID'),
    );
  });

  test('a name that another unit mentions is in its memory: it reads again, and finds the unit', async () => {
    const { driver } = systemd;
    await driver.load([sleeps('first.service', '[Unit]\nAfter=second.service\nWants=second.service\n')]);
    await driver.start(['first.service']);
    await until(['first.service'], active);
    expect(reloads).toEqual([]);
    await driver.load([sleeps('second.service')]);
    await expect.poll(() => reloads).toEqual([true, false]);
    await driver.start(['second.service']);
    await until(['first.service', 'second.service'], active);
    await driver.stop(['second.service']);
    await until(['second.service'], ([unit]) => unit?.active === 'inactive');
    await driver.unload(['second.service']);
    // Not the content that it has forgotten to forget.
    expect(shown('second.service', 'LoadState')).toBe('not-found');
  });

  test('new content counts, also where systemd still knows the old one', async () => {
    const { driver } = systemd;
    await driver.load([sleeps('new.service')]);
    await driver.start(['new.service']);
    await until(['new.service'], active);
    expect(await driver.load([{ name: 'new.service', text: '[Service]\nExecStart=/bin/sleep 2000\n' }])).toEqual(
      new Map(),
    );
    expect(shown('new.service', 'NeedDaemonReload')).toBe('no');
    await driver.stop(['new.service']);
    await until(['new.service'], ([unit]) => unit?.active === 'inactive');
    await driver.load([{ name: 'new.service', text: '[Service]\nExecStart=/bin/sleep 3000\n' }]);
    await driver.start(['new.service']);
    await until(['new.service'], active);
    expect(shown('new.service', 'ExecStart')).toContain('argv[]=/bin/sleep 3000');
  });

  test('one that fails leaves nothing when it is unloaded', async () => {
    const { driver } = systemd;
    await driver.load([fails('fails.service')]);
    expect(await driver.start(['fails.service'])).toEqual(new Map());
    await until(['fails.service'], ([unit]) => unit?.active === 'failed');
    expect(systemd.systemctl('list-units', '--all', '--no-legend', 'fails*')).toContain('failed');
    await driver.unload(['fails.service']);
    expect(systemd.systemctl('list-units', '--all', '--no-legend', 'fails*')).toBe('');
  });

  test('each refusal is of its own unit, in the words of systemctl; the others go on', async () => {
    const { driver } = systemd;
    await driver.load([{ name: 'bad.service', text: '[Service]\nRestart=no\n' }, sleeps('good.service')]);
    expect([...(await driver.start(['bad.service', 'nosuch.service', 'good.service']))]).toEqual([
      ['bad.service', 'Failed to start bad.service: Unit bad.service has a bad unit file setting.'],
      ['nosuch.service', 'Failed to start nosuch.service: Unit nosuch.service not found.'],
    ]);
    await until(['good.service'], active);
    const started = (await driver.installed()).filter((u) => u.started).map((u) => u.name);
    expect(started).toEqual(['good.service']);
    expect([...(await driver.stop(['nosuch.service', 'good.service'])).values()]).toEqual([
      'Failed to stop nosuch.service: Unit nosuch.service not loaded.',
    ]);
    // The original's agent was lost by a template among its units: systemd refuses a question with one.
    const seen = await systemd.again().observe(['good.service', 'template@.service', 'no unit']);
    expect([...seen.keys()]).toEqual(['good.service']);
    expect((await driver.observe(['bad.service'])).get('bad.service')).toMatchObject({ load: 'bad-setting' });
  });

  test.each([
    ['early.timer', '[Timer]\nOnActiveSec=1000\n', 'early.service', 'waiting'],
    ['early.timer', '[Timer]\nOnActiveSec=1000\nUnit=job-of-%p.service\n', 'job-of-early.service', 'waiting'],
    ['early.socket', '[Socket]\nListenStream=%t/early.sock\n', 'early.service', 'listening'],
    ['early.path', '[Path]\nPathExists=/nowhere/at/all\n', 'early.service', 'waiting'],
  ])('%s is not left dead when it is started before what it starts: %j', async (name, text, service, sub) => {
    const { driver } = systemd;
    await driver.load([{ name, text }]);
    const why = `Failed to start ${name}: ${service}, which it is to start, is not on this machine`;
    expect([...(await driver.start([name]))]).toEqual([[name, why]]);
    expect(await driver.installed()).toEqual([{ name, text, started: false, stopping: false }]);
    await driver.load([sleeps(service)]);
    expect(await driver.start([name])).toEqual(new Map());
    await until([name], ([unit]) => unit?.active === 'active' && unit.sub === sub);
    expect(shown(service, 'ActiveState')).toBe('inactive');
  });

  test('a timer whose service is started in the same breath, and one that starts a unit of systemd itself', async () => {
    const { driver } = systemd;
    const job = { name: 'both.service', text: '[Service]\nType=oneshot\nExecStart=/bin/true\n' };
    const timer = (unit: string) => `[Timer]\nOnActiveSec=1000\nUnit=${unit}\n`;
    await driver.load([
      { name: 'both.timer', text: timer('both.service') },
      { name: 'own.timer', text: timer('exit.target') },
      job,
    ]);
    expect(await driver.start(['both.timer', 'own.timer', 'both.service'])).toEqual(new Map());
    await until(['both.timer', 'own.timer'], active);
  });

  test('an [Install] section enables the unit: whoever wants it pulls it in; unloading takes that back', async () => {
    const { driver, machine } = systemd;
    await driver.load([sleeps('wanted.service', '[Install]\nWantedBy=wanting.service\n')]);
    expect(await readdir(join(machine.unitDirectory, 'wanting.service.wants'))).toEqual(['wanted.service']);
    await driver.load([sleeps('wanting.service')]);
    await driver.start(['wanting.service']);
    await until(['wanting.service', 'wanted.service'], active);
    expect((await driver.installed()).find((u) => u.name === 'wanted.service')).toMatchObject({ started: false });
    await driver.stop(['wanted.service']);
    await until(['wanted.service'], ([unit]) => unit?.active === 'inactive');
    await driver.unload(['wanted.service']);
    expect(await readdir(machine.unitDirectory)).not.toContain('wanting.service.wants');
  });

  test('another driver adopts what one has started', async () => {
    await systemd.driver.load([sleeps('kept.service')]);
    await systemd.driver.start(['kept.service']);
    await until(['kept.service'], active);
    const next = systemd.again();
    expect(await next.installed()).toEqual([{ ...sleeps('kept.service'), started: true, stopping: false }]);
    expect(await next.observe(['kept.service'])).toEqual(await systemd.driver.observe(['kept.service']));
  });

  test('a systemd that has executed itself anew is asked again, and followed', async () => {
    const { driver } = systemd;
    await driver.load([sleeps('stays.service')]);
    await driver.start(['stays.service']);
    await until(['stays.service'], active);
    woke.length = 0;
    systemd.systemctl('daemon-reexec');
    await eventually(() => (woke.includes('stays.service') ? undefined : 'nobody was woken'));
    await until(['stays.service'], active);
    systemd.systemctl('kill', '--signal=KILL', 'stays.service');
    await until(['stays.service'], ([unit]) => unit?.active === 'failed');
  });

  test('somebody else had unit files read again: a unit whose file is gone is not found', async () => {
    const { driver, units } = systemd;
    await driver.load([sleeps('lost.service')]);
    expect((await driver.observe(['lost.service'])).get('lost.service')).toMatchObject({ load: 'loaded' });
    await rm(join(units, 'lost.service'));
    systemd.systemctl('daemon-reload');
    await until(['lost.service'], ([unit]) => unit?.load !== 'loaded');
    await writeFile(join(units, 'lost.service'), sleeps('lost.service').text);
  });

  test('it is not going down', async () => {
    expect(await systemd.driver.shuttingDown()).toBe(false);
  });
});
