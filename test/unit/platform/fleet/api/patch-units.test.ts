import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { deafStore } from '../deaf-store.ts';
import { served, type Served } from './served.ts';

const options = [{ section: 'Service', name: 'ExecStart', value: '/bin/true' }];
const other = [{ section: 'Service', name: 'ExecStart', value: '/bin/false' }];
const set = (name: string, desiredState?: string, of = options) => ({
  op: 'set',
  name,
  options: of,
  ...(desiredState !== undefined && { desiredState }),
});

let api: Served;
beforeEach(async () => {
  api = await served();
});
afterEach(async () => {
  await api.stop();
  await api.store.close();
});
const patch = (...operations: unknown[]) => api.call('PATCH', '/units', operations);
const states = async (): Promise<Record<string, string>> => {
  const { json } = await api.call('GET', '/units');
  const { units = [] } = json as { units?: { name: string; desiredState: string }[] };
  return Object.fromEntries(units.map((u) => [u.name, u.desiredState]));
};
/** How many etcd transactions wrote these keys. */
const revisions = async (part: 'object' | 'desired'): Promise<number> => {
  const { items } = await api.store.list(api.keys.jobs);
  const suffix = api.keys.job('x')[part].split('/').at(-1) ?? '';
  return new Set(items.filter(({ key }) => key.endsWith(`/${suffix}`)).map((item) => item.modRevision)).size;
};

test('each unit gets what PUT and DELETE would do, with their status', async () => {
  await patch(set('old.service', 'launched'), set('gone.service'));
  const reply = await patch(set('new.service', 'launched'), set('old.service', undefined, other), {
    op: 'set',
    name: 'gone.service',
    desiredState: 'loaded',
  });
  expect(reply).toEqual({
    status: 200,
    json: {
      results: [
        { name: 'new.service', status: 201 },
        { name: 'old.service', status: 201 },
        { name: 'gone.service', status: 204 },
      ],
    },
  });
  expect(await states()).toEqual({ 'gone.service': 'loaded', 'new.service': 'launched', 'old.service': 'launched' });
  expect((await api.call('GET', '/units/old.service')).json).toMatchObject({ options: other });
  expect(
    await patch(
      { op: 'destroy', name: 'gone.service' },
      { op: 'destroy', name: 'nosuch.service' },
      set('last.service'),
    ),
  ).toMatchObject({
    json: {
      results: [
        { name: 'gone.service', status: 204 },
        { name: 'nosuch.service', status: 404 },
        { name: 'last.service', status: 201 },
      ],
    },
  });
  expect(Object.keys(await states())).toEqual(['last.service', 'new.service', 'old.service']);
});

test('a batch that fits is one transaction', async () => {
  await patch(...Array.from({ length: 60 }, (_, n) => set(`u${n}.service`, 'launched')));
  expect([await revisions('object'), await revisions('desired')]).toEqual([1, 1]);
});

test('of a larger one every unit is there before the first is wanted', async () => {
  const names = Array.from({ length: 200 }, (_, n) => `u${n}.service`);
  const wanted = new Map<string, number>();
  let seen = Infinity;
  api.mirror.onChange(() => {
    for (const { name, desired } of api.mirror.view().units) if (desired === 'launched') wanted.set(name, 1);
    if (wanted.size > 0) seen = Math.min(seen, api.mirror.view().units.length);
  });
  expect((await patch(...names.map((name) => set(name, 'launched')))).status).toBe(200);
  await expect.poll(() => wanted.size).toBe(200);
  expect(seen).toBe(200);
  expect([await revisions('object'), await revisions('desired')]).toEqual([2, 2]);
  await patch(...names.map((name) => ({ op: 'destroy', name })));
  expect(await states()).toEqual({});
});

describe('when one cannot be done, nothing is', () => {
  test.each([
    ['no options', { op: 'set', name: 'b.service' }, 409, 'b.service: unit does not exist and options field empty'],
    ['a template that is to run', set('b@.service', 'launched'), 400, 'b@.service: cannot activate template'],
    ['a desired state that is none', set('b.service', 'bogus'), 400, 'invalid desiredState "bogus"'],
    ['a name that is none', set('b!.service'), 400, "b!.service: invalid character '!' in unit name"],
    ['a name twice', { op: 'destroy', name: 'a.service' }, 400, 'a.service: is named twice'],
    ['an operation that is none', { op: 'start', name: 'b.service' }, 400, 'unable to decode body: 1.op'],
    ['no name', { op: 'destroy' }, 400, 'unable to decode body: 1.name'],
    [
      'a combination that is none',
      set('b.service', 'launched', [
        ...options,
        { section: 'X-Fleet', name: 'Global', value: 'true' },
        { section: 'X-Fleet', name: 'MachineOf', value: 'a.service' },
      ]),
      400,
      'b.service: Global cannot be used with Peers',
    ],
  ])('%s', async (_, bad, status, message) => {
    const reply = await patch(set('a.service', 'launched'), bad);
    expect(reply).toMatchObject({ status, message: expect.stringContaining(message) as string });
    expect(await states()).toEqual({});
  });

  test('too many, a body that is no list, none at all, another type', async () => {
    const many = Array.from({ length: 2001 }, (_, n) => ({ op: 'destroy', name: `u${n}.service` }));
    expect(await patch(...many)).toMatchObject({ status: 400, message: 'more than 2000 operations in one request' });
    for (const body of [{}, 'text', null, 7])
      expect(await api.call('PATCH', '/units', body)).toMatchObject({ status: 400 });
    expect(await api.call('PATCH', '/units')).toMatchObject({ status: 415 });
    expect(await patch()).toEqual({ status: 200, json: { results: [] } });
  });
});

describe('somebody else changes the same units', () => {
  /** A daemon whose copy stays as old as it is itself. */
  async function deaf(): Promise<Served> {
    const daemon = await served(deafStore(api.store));
    onTestFinished(() => daemon.stop());
    return daemon;
  }

  test('a daemon that has not heard of a unit looks before it refuses', async () => {
    const daemon = await deaf();
    await api.call('PUT', '/units/a.service', { options });
    const start = [{ op: 'set', name: 'a.service', desiredState: 'launched' }];
    expect(await daemon.call('PATCH', '/units', start)).toMatchObject({ status: 200 });
    expect(await states()).toEqual({ 'a.service': 'launched' });
  });

  test('a daemon that has not heard of other content writes its own, and nothing under what it knows', async () => {
    await api.call('PUT', '/units/a.service', { options });
    const daemon = await deaf();
    await api.call('PUT', '/units/a.service', { options: other });
    const reply = await daemon.call('PUT', '/units/a.service', { options, desiredState: 'launched' });
    expect(reply.status).toBe(201);
    expect((await api.call('GET', '/units/a.service')).json).toMatchObject({ options, desiredState: 'launched' });
  });

  test('what another daemon has just written is seen, though this one has not heard of it', async () => {
    const other = await served(api.store.connect());
    for (let n = 0; n < 20; n++) {
      await other.call('PUT', '/units/a.service', { options });
      expect(await patch({ op: 'set', name: 'a.service', desiredState: 'launched' })).toMatchObject({ status: 200 });
      await other.call('DELETE', '/units/a.service');
      expect(await patch({ op: 'set', name: 'a.service', desiredState: 'launched' })).toMatchObject({ status: 409 });
    }
    await other.stop();
  });

  test('content that was replaced meanwhile is not taken for the same', async () => {
    const neighbour = await served(api.store.connect());
    for (let n = 0; n < 20; n++) {
      await api.call('PUT', '/units/a.service', { options });
      await neighbour.call('PUT', '/units/a.service', { options: other });
      await api.call('PUT', '/units/a.service', { options, desiredState: 'launched' });
      expect((await neighbour.call('GET', '/units/a.service')).json).toMatchObject({
        options,
        desiredState: 'launched',
      });
      await neighbour.call('DELETE', '/units/a.service');
    }
    await neighbour.stop();
  });
});
