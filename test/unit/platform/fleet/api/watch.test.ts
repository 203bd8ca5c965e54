import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openFleetClient } from '#platform/fleet/client/fleet-client.ts';
import type { WatchedUnit } from '#platform/fleet/client/watch-units.ts';
import { writeMachine, writeState } from '#platform/fleet/registry/records.ts';
import { unitText } from '../simulated-cluster.ts';
import { served, type Served } from './served.ts';

let api: Served;
beforeEach(async () => {
  api = await served();
});
afterEach(async () => {
  await api.stop();
  await api.store.close();
});

/** Watches until the test ends; `told` has what was said of each unit, in order. */
function watch(endpoints: readonly string[], names: readonly string[], timeoutMs = 20_000) {
  const over = new AbortController();
  const told: WatchedUnit[] = [];
  let machines: string[] = [];
  const client = openFleetClient({ endpoints, timeoutMs });
  const done = client.watchUnits(
    names,
    (unit, present) => {
      told.push(unit);
      machines = present.map((m) => m.id);
    },
    over.signal,
  );
  done.catch(() => undefined);
  onTestFinished(() => over.abort());
  const last = (name: string) => told.findLast((unit) => unit.name === name);
  return { told, last, machines: () => machines, done, stop: () => over.abort() };
}
const state = (unit: string, active: string) => {
  const said = { unit, machineId: 'm1', hash: 'h', load: 'loaded', active, sub: active, job: 'launched' as const };
  return api.store.put(api.keys.state(unit, 'm1'), writeState(said));
};

test('each unit is told of at first, and again when something about it changes; others are not', async () => {
  const machine = { id: 'm1', name: 'core-01', ip: '10.0.0.1', metadata: {} };
  await api.store.put(api.keys.machine('m1'), writeMachine(machine));
  const client = openFleetClient({ endpoints: [api.address], timeoutMs: 60_000 });
  await client.createUnit('a.service', unitText());
  const seen = watch([api.address], ['a.service', 'nosuch.service']);
  await expect.poll(() => seen.told.length).toBe(2);
  expect(seen.last('a.service')).toEqual({
    name: 'a.service',
    unit: { name: 'a.service', desiredState: 'inactive', currentState: 'inactive' },
    states: [],
  });
  expect(seen.last('nosuch.service')).toEqual({ name: 'nosuch.service', unit: undefined, states: [] });
  expect(seen.machines()).toEqual(['m1']);
  await client.createUnit('b.service', unitText(), 'launched');
  await state('b.service', 'active');
  await state('a.service', 'active');
  await expect.poll(() => seen.last('a.service')?.states[0]?.systemdActiveState).toBe('active');
  expect(seen.told.some((unit) => unit.name === 'b.service')).toBe(false);
  await client.destroyUnit('a.service');
  await api.store.delete(api.keys.state('a.service', 'm1'));
  await expect.poll(() => seen.last('a.service')).toEqual({ name: 'a.service', unit: undefined, states: [] });
  seen.stop();
  await seen.done;
});

test('what was written before is in what is told first, whoever wrote it', async () => {
  const writer = await served(api.store.connect());
  const client = openFleetClient({ endpoints: [writer.address], timeoutMs: 60_000 });
  for (let n = 0; n < 20; n++) {
    await client.createUnit(`u${n}.service`, unitText(), 'launched');
    const seen = watch([api.address], [`u${n}.service`]);
    await expect.poll(() => seen.told.length).toBe(1);
    expect(seen.told[0]?.unit?.desiredState).toBe('launched');
    seen.stop();
    await seen.done;
  }
  await writer.stop();
});

test('when its daemon ends the watch goes on at another one', async () => {
  const first = await served(api.store.connect());
  const seen = watch([first.address, api.address], ['a.service']);
  await expect.poll(() => seen.told.length).toBe(1);
  await first.stop();
  await openFleetClient({ endpoints: [api.address], timeoutMs: 60_000 }).createUnit('a.service', unitText());
  await expect.poll(() => seen.last('a.service')?.unit?.desiredState).toBe('inactive');
});

test('without etcd it ends with an error instead of waiting in silence', async () => {
  const seen = watch([api.address], ['a.service']);
  await expect.poll(() => seen.told.length).toBe(1);
  api.store.setAway(true);
  await expect(seen.done).rejects.toMatchObject({
    code: 'state.fleet-unreachable',
    message: 'fleet cannot reach etcd: etcd is down or has lost its quorum',
  });
});

test('a request timeout below the beat of the server ends no watch', async () => {
  const { port } = new URL(api.address);
  let connections = 0;
  let beats = 0;
  const door = createTcpServer((client) => {
    connections += 1;
    const daemon = connect(Number(port), '127.0.0.1');
    daemon.on('data', (chunk: Buffer) => (beats += chunk.toString('latin1').split('{}\n').length - 1));
    client.pipe(daemon).pipe(client);
    client.on('error', () => daemon.destroy()).on('close', () => daemon.destroy());
    daemon.on('error', () => client.destroy()).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void door.close());
  const seen = watch([`http://127.0.0.1:${(door.address() as AddressInfo).port}`], ['a.service'], 1000);
  await expect.poll(() => beats).toBe(2);
  expect(connections).toBe(1);
  expect(seen.told.map(({ name }) => name)).toEqual(['a.service']);
});

test('a daemon that falls silent is left', async () => {
  let asked = 0;
  const mute = createServer((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(200).write('{"machines":[]}\n');
    else response.writeHead(503).end('{}');
  });
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    mute.closeAllConnections();
    mute.close();
  });
  const { port } = mute.address() as AddressInfo;
  const seen = watch([`http://127.0.0.1:${port}`, api.address], ['a.service'], 1000);
  await expect.poll(() => seen.told.map(({ name }) => name)).toEqual(['a.service']);
  expect(asked).toBe(2);
});

describe('requests that are none', () => {
  test.each([
    ['GET', '/watch', undefined, 405],
    ['POST', '/watch/more', { units: [] }, 404],
    ['POST', '/watch', { units: 'a.service' }, 400],
    ['POST', '/watch', {}, 400],
    ['POST', '/watch', { units: Array.from({ length: 10_001 }, String) }, 400],
    ['POST', '/watch', undefined, 415],
  ])('%s %s', async (method, path, body, status) => {
    expect((await api.call(method, path, body)).status).toBe(status);
  });
});

test('a daemon takes a hundred watches and no more, and has room again when they leave', async () => {
  // One tenth of it is what a connection may take, and a hundred are made at once.
  const watches = Array.from({ length: 100 }, () => watch([api.address], ['a.service'], 120_000));
  await expect.poll(() => watches.filter(({ told }) => told.length > 0).length).toBe(100);
  expect(await api.call('POST', '/watch', { units: [] })).toMatchObject({
    status: 503,
    message: '100 clients watch this server already',
  });
  for (const one of watches) one.stop();
  await Promise.all(watches.map(({ done }) => done));
  const status = async (): Promise<number> => {
    const over = new AbortController();
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"units":[]}', signal: over.signal };
    const reply = await fetch(`${api.address}/fleet/v1/watch`, init);
    over.abort();
    return reply.status;
  };
  await expect.poll(status).toBe(200);
});

test('clients that leave while etcd is asked take nobody else’s place', async () => {
  const own = api.store.connect();
  let [isHeld, go] = [true, (): void => undefined];
  const held = new Promise<void>((resolve) => (go = resolve));
  const daemon = await served({
    ...own,
    async changesSince(prefix, revision) {
      if (isHeld) await held;
      return own.changesSince(prefix, revision);
    },
  });
  onTestFinished(() => daemon.stop());
  const headers = { 'Content-Type': 'application/json' };
  const ask = (signal: AbortSignal) =>
    fetch(`${daemon.address}/fleet/v1/watch`, { method: 'POST', headers, body: '{"units":[]}', signal });
  const over = new AbortController();
  const left = Array.from({ length: 150 }, () => ask(over.signal).catch(() => 'gone'));
  // A question after all of theirs has come in, too.
  expect((await daemon.call('GET', '/watch')).status).toBe(405);
  over.abort();
  expect(await Promise.all(left)).toEqual(left.map(() => 'gone'));
  expect((await daemon.call('GET', '/watch')).status).toBe(405);
  isHeld = false;
  go();
  const stays = new AbortController();
  onTestFinished(() => stays.abort());
  await expect.poll(async () => (await ask(stays.signal)).status).toBe(200);
});

test('a client that does not read costs no memory, and learns at last how things are', async () => {
  const many = Array.from({ length: 2000 }, (_, n) => `unit-with-a-long-name-${n}.service`);
  const body = JSON.stringify({ units: many });
  const { port } = new URL(api.address);
  const socket = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write(
    `POST /fleet/v1/watch HTTP/1.1\r\nHost: fleet\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const writes = many.map((unit) => ({ put: api.keys.job(unit).target, value: 'm1' }));
  for (let round = 0; round < 20; round++)
    for (let i = 0; i < writes.length; i += 100)
      await api.store.transact(
        [],
        writes.slice(i, i + 100).map((w) => ({ ...w, value: String(round) })),
      );
  await state('unit-with-a-long-name-7.service', 'at last');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.resume();
  await expect.poll(() => text.includes('at last')).toBe(true);
  // Each unit some times, not once for each of the twenty rounds.
  expect(text.split('unit-with-a-long-name-9.service').length - 1).toBeLessThan(20);
});
