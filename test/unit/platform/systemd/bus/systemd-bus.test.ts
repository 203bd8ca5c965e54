import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemdBus } from '#platform/systemd/bus/systemd-bus.ts';
import { unitStates } from '#platform/systemd/bus/unit-states.ts';
import { systemdDriver } from '#platform/systemd/systemd-driver.ts';
import { answerTo, startPeer, unitChanged } from './peer.ts';

const path = '/org/freedesktop/systemd1/unit/a_2eservice';

/** A systemd that has `a.service`; `says` is what it says of it, `asked` how often it was asked. */
async function systemdWithOne() {
  const it = { says: 'active', asked: 0 };
  const peer = await startPeer((message) => {
    if (message.member !== 'ListUnitsByNames') return [answerTo(message, 'v', ['ay', Buffer.from([171])])];
    it.asked += 1;
    const row = ['a.service', 'A', 'loaded', it.says, 'running', '', path, 0, '', '/'];
    return [answerTo(message, 'a(ssssssouso)', [row])];
  });
  onTestFinished(() => peer.close());
  return Object.assign(it, { peer });
}

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'systemd-bus-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('without systemd whatever asks it fails, and names the socket and what to do', async () => {
  const socket = join(await directory(), 'private');
  const place = { socket, linkDirectory: await directory(), autofs: '/nowhere' };
  const driver = systemdDriver(join(await directory(), 'units'), place);
  onTestFinished(() => driver.close());
  const silence = {
    code: 'timeout.systemd',
    message: `systemd does not answer at ${socket}`,
    evidence: [expect.stringContaining('ENOENT') as string],
    next: 'systemctl is-system-running',
  };
  await expect(driver.observe(['a.service'])).rejects.toMatchObject(silence);
  await expect(driver.load([{ name: 'a.service', text: '[Service]\nExecStart=/bin/true\n' }])).rejects.toMatchObject(
    silence,
  );
  expect(await driver.installed()).toEqual([]);
  expect([...(await driver.start(['a.service'])).values()]).toEqual([
    `Failed to start a.service: systemd does not answer at ${socket}`,
  ]);
  expect(await driver.shuttingDown()).toBe(false);
});

test('a stop that gets no answer is remembered as one, also by the driver that comes after, until systemd says yes', async () => {
  let isSilent = true;
  const peer = await startPeer((message) => {
    if (message.member !== 'StopUnit' || !isSilent) return [answerTo(message, 'o', '/org/freedesktop/systemd1/job/1')];
    setImmediate(() => peer.end());
    return [];
  });
  onTestFinished(() => peer.close());
  const here = await directory();
  const driver = () => {
    const one = systemdDriver(join(here, 'units'), { socket: peer.socket, linkDirectory: here, autofs: here });
    onTestFinished(() => one.close());
    return one;
  };
  const marks = async () => (await driver().installed()).map(({ started, stopping }) => [started, stopping]);
  const first = driver();
  await first.load([{ name: 'a.service', text: '[Service]\nExecStart=/bin/true\n' }]);
  await first.start(['a.service']);
  expect(await marks()).toEqual([[true, false]]);
  expect([...(await first.stop(['a.service'])).keys()]).toEqual(['a.service']);
  expect(await marks()).toEqual([[true, true]]);
  isSilent = false;
  expect(await driver().stop(['a.service'])).toEqual(new Map());
  expect(await marks()).toEqual([[false, false]]);
});

test('an automount that this kernel cannot do fails with its reason, and systemd is not asked', async () => {
  const started: unknown[] = [];
  const peer = await startPeer((message) => {
    if (message.member === 'StartUnit') started.push(message.body?.[0]);
    return [answerTo(message, 'o', '/org/freedesktop/systemd1/job/1')];
  });
  onTestFinished(() => peer.close());
  const here = await directory();
  for (const [autofs, failures] of [
    [join(here, 'no-autofs'), 1],
    [here, 0],
  ] as const) {
    const driver = systemdDriver(join(await directory(), 'units'), {
      socket: peer.socket,
      linkDirectory: here,
      autofs,
    });
    onTestFinished(() => driver.close());
    const failed = await driver.start(['data.automount', 'a.service']);
    expect([...failed.keys()]).toEqual(['data.automount'].slice(0, failures));
    const why = `Failed to start data.automount: this machine has no ${autofs}: containers do no automount, virtual machines do`;
    expect([...failed.values()]).toEqual([why].slice(0, failures));
    expect((await driver.installed()).filter((u) => u.started)).toEqual([]);
  }
  expect(started).toEqual(['a.service', 'data.automount', 'a.service']);
});

test('a systemd that comes later is found, and one that comes back is asked again for all that was known', async () => {
  const systemd = await systemdWithOne();
  const away = `${systemd.peer.socket}.away`;
  await rename(systemd.peer.socket, away);
  const bus = systemdBus(systemd.peer.socket);
  onTestFinished(() => bus.close());
  const woke: string[] = [];
  const states = unitStates(bus, (unit) => woke.push(unit));
  await expect(states.of(['a.service'])).rejects.toMatchObject({ code: 'timeout.systemd' });
  await rename(away, systemd.peer.socket);
  expect((await states.of(['a.service'])).get('a.service')).toMatchObject({ active: 'active', invocation: 'ab' });
  expect(woke).toEqual([]);
  systemd.says = 'failed';
  systemd.peer.end();
  // Without a question: whoever sleeps until its units change is woken by the new connection.
  await expect.poll(() => woke).toEqual(['a.service']);
  expect((await states.of(['a.service'])).get('a.service')).toMatchObject({ active: 'failed' });
});

test('what signals keep is asked for once, and anew after half a minute', async () => {
  const systemd = await systemdWithOne();
  const bus = systemdBus(systemd.peer.socket);
  onTestFinished(() => bus.close());
  let nowMs = 0;
  const woke: string[] = [];
  const states = unitStates(
    bus,
    (unit) => woke.push(unit),
    () => nowMs,
  );
  await states.of(['a.service']);
  nowMs = 29_000;
  expect((await states.of(['a.service'])).get('a.service')?.active).toBe('active');
  expect(systemd.asked).toBe(1);
  systemd.peer.say(unitChanged(path, 'deactivating'), unitChanged(path, 'deactivating'), unitChanged('/other', 'x'));
  await expect.poll(() => woke).toEqual(['a.service']);
  expect((await states.of(['a.service'])).get('a.service')?.active).toBe('deactivating');
  expect(systemd.asked).toBe(1);
  nowMs = 31_000;
  expect((await states.of(['a.service'])).get('a.service')?.active).toBe('active');
  expect(systemd.asked).toBe(2);
});
