import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryStore } from '#platform/etcd/memory/memory-store.ts';
import { serveApi } from '#platform/fleet/api/serve.ts';
import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { writeMachine, writeState } from '#platform/fleet/registry/records.ts';
import { registryOf } from '#platform/fleet/registry/registry.ts';

const store = memoryStore();
const keys = fleetKeys();
let base = '';
let close = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  const api = await serveApi(
    registryOf(store, keys, () => undefined),
    ['127.0.0.1:0'],
    () => undefined,
    { pageSize: 100, metrics: () => 'fleet_units 1\n' },
  );
  base = `${api.addresses[0]}/fleet/v1`;
  close = () => api.close();
});
afterAll(async () => {
  await close();
  await store.close();
});

const options = [{ section: 'Service', name: 'ExecStart', value: '/bin/true' }];
async function call(method: string, path: string, body?: unknown, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const init = body === undefined ? { method } : { method, body: text, headers: { 'Content-Type': type } };
  const reply = await fetch(`${base}${path}`, init);
  const answer = await reply.text();
  const json: unknown = answer === '' ? undefined : JSON.parse(answer);
  return {
    status: reply.status,
    json,
    message: (json as { error?: { message?: string } } | undefined)?.error?.message,
  };
}

describe('units', () => {
  test('create, read, change, delete', async () => {
    expect(await call('PUT', '/units/a.service', { name: 'a.service', options })).toMatchObject({
      status: 201,
      json: undefined,
    });
    expect((await call('GET', '/units/a.service')).json).toEqual({
      name: 'a.service',
      options,
      desiredState: 'inactive',
      currentState: 'inactive',
    });
    expect(await call('PUT', '/units/a.service', { desiredState: 'launched' })).toMatchObject({ status: 204 });
    expect((await call('GET', '/units')).json).toMatchObject({
      units: [{ name: 'a.service', desiredState: 'launched' }],
    });
    expect(await call('DELETE', '/units/a.service')).toMatchObject({ status: 204 });
    expect(await call('GET', '/units/a.service')).toMatchObject({ status: 404, message: 'unit does not exist' });
    expect((await call('GET', '/units')).json).toEqual({});
  });

  test.each([
    ['/units/x.service', { desiredState: 'launched' }, 409, 'unit does not exist and options field empty'],
    [
      '/units/x.service',
      { name: 'y.service', options },
      400,
      'name in URL "x.service" differs from unit name in request body "y.service"',
    ],
    [
      '/units/x.service',
      { options, desiredState: 'bogus' },
      400,
      'invalid desiredState "bogus": must be one of inactive, loaded, launched',
    ],
    ['/units/x@.service', { options, desiredState: 'launched' }, 400, 'cannot activate template "x@.service"'],
    ['/units/x.foo', { options }, 400, 'invalid unit type: "foo"'],
    [
      '/units/x.service',
      {
        options: [
          { section: 'X-Fleet', name: 'Global', value: 'true' },
          { section: 'X-Fleet', name: 'MachineOf', value: 'a.service' },
        ],
      },
      400,
      'Global cannot be used with Peers',
    ],
    ['/units/x.service', { options: 'nonsense' }, 400, expect.stringContaining('unable to decode body')],
    ['/units/x.service', '{', 400, expect.stringContaining('unable to decode body')],
    ['/units/x.service', 'x'.repeat(1_100_000), 413, expect.stringContaining('larger than')],
  ])('PUT %s %j -> %i', async (path, body, status, message: unknown) => {
    expect(await call('PUT', path, body)).toMatchObject({ status, message });
    expect((await call('GET', '/units')).json).toEqual({});
  });

  test('keys are taken in any case, as Go takes them', async () => {
    const Options = [{ Section: 'Service', NAME: 'ExecStart', Value: '/bin/true' }];
    const body = { Name: 'go.service', Options, desiredstate: 'loaded' };
    expect(await call('PUT', '/units/go.service', body)).toMatchObject({ status: 201 });
    expect((await call('GET', '/units/go.service')).json).toMatchObject({ options, desiredState: 'loaded' });
    expect(await call('PUT', '/units/x.service', { NAME: 'go.service', Options })).toMatchObject({ status: 400 });
    await call('DELETE', '/units/go.service');
  });

  test('content type', async () => {
    expect(await call('PUT', '/units/x.service', '{}', 'text/plain')).toMatchObject({
      status: 415,
      message: 'only acceptable Content-Type is application/json',
    });
    expect(await call('PUT', '/units/x.service')).toMatchObject({
      status: 415,
      message: 'expected 1 Content-Type, got 0',
    });
  });

  test('the same again is a conflict, other content replaces and keeps the desired state', async () => {
    await call('PUT', '/units/b.service', { options, desiredState: 'loaded' });
    expect(await call('PUT', '/units/b.service', { options })).toMatchObject({
      status: 409,
      message: 'must provide DesiredState to update existing unit',
    });
    const other = [{ section: 'Service', name: 'ExecStart', value: '/bin/false' }];
    expect(await call('PUT', '/units/b.service', { options: other })).toMatchObject({ status: 201 });
    expect((await call('GET', '/units/b.service')).json).toMatchObject({ options: other, desiredState: 'loaded' });
    await call('DELETE', '/units/b.service');
  });

  test('a unit whose keys were spoilt hides no other unit and can be removed', async () => {
    await store.put(keys.job('spoilt.service').object, '{not json');
    await call('PUT', '/units/fine.service', { options });
    expect((await call('GET', '/units')).json).toMatchObject({ units: [{ name: 'fine.service' }] });
    expect(await call('DELETE', '/units/spoilt.service')).toMatchObject({ status: 204 });
    await call('DELETE', '/units/fine.service');
  });
});

describe('state', () => {
  test('a unit without a state answers 200 {}: the original fleetctl crashes on a 404', async () => {
    expect(await call('GET', '/state/none.service')).toMatchObject({ status: 200, json: {} });
    expect(await call('GET', '/state')).toMatchObject({ status: 200, json: {} });
  });
});

describe('machines', () => {
  test('PATCH adds metadata over that of the daemon, remove masks it', async () => {
    await store.put(
      keys.machine('m1'),
      writeMachine({ id: 'm1', name: 'core-01', ip: '10.0.0.1', metadata: { disk: 'hdd' } }),
    );
    const patch = (op: string, key: string, value?: string) =>
      call('PATCH', '/machines', [{ op, path: `/m1/metadata/${key}`, ...(value && { value: { value } }) }]);
    expect(await patch('add', 'zone', 'a')).toMatchObject({ status: 204 });
    expect(await patch('remove', 'disk')).toMatchObject({ status: 204 });
    expect((await call('GET', '/machines')).json).toEqual({
      machines: [{ id: 'm1', primaryIP: '10.0.0.1', hostname: 'core-01', metadata: { zone: 'a' } }],
    });
    expect(await patch('add', 'no/slash', 'a')).toMatchObject({ status: 400 });
    expect(await patch('add', 'zone')).toMatchObject({
      status: 400,
      message: 'invalid value: expect {"value": "..."}',
    });
    expect(await call('POST', '/machines', {})).toMatchObject({ status: 405 });
  });

  const path = '/m2/metadata/disk';
  test.each([
    [[{ op: 'add', path, value: { Value: 'ssd' } }], undefined],
    [[{ op: 'replace', path, value: { VALUE: 'ssd' } }], 'text/plain'],
    [[{ Op: 'add', Path: path, Value: { Value: 'ssd' } }], undefined],
    [[{ OP: 'add', PATH: path, VALUE: { value: 'ssd' } }], 'application/x-www-form-urlencoded'],
    [
      [
        { op: 'remove', path, value: null },
        { op: 'add', path, value: { value: 'ssd' } },
      ],
      'application/json-patch+json',
    ],
  ])('PATCH %j of Content-Type %s is taken, as by the original', async (operations, type) => {
    const machine = { id: 'm2', name: 'core-02', ip: '10.0.0.2', metadata: { disk: 'hdd' } };
    await store.put(keys.machine('m2'), writeMachine(machine));
    await store.deletePrefix(keys.machineMetadata('m2', ''));
    // Bytes have no Content-Type of their own, unlike text.
    const body = Buffer.from(JSON.stringify(operations));
    const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
    const reply = await fetch(`${base}/machines`, { method: 'PATCH', body, headers });
    expect([reply.status, await reply.text()]).toEqual([204, '']);
    expect((await call('GET', '/machines')).json).toMatchObject({
      machines: expect.arrayContaining([expect.objectContaining({ id: 'm2', metadata: { disk: 'ssd' } })]) as unknown,
    });
  });

  test.each([
    [[{ op: 'add', path, value: 'ssd' }]],
    [[{ op: 'add', path, value: { valu: 'ssd' } }]],
    [[{ op: 'add', path }]],
    [[{ path, value: { value: 'ssd' } }]],
    [{ op: 'add', path, value: { value: 'ssd' } }],
  ])('PATCH %j is refused', async (body) => {
    expect(await call('PATCH', '/machines', body)).toMatchObject({ status: 400 });
  });
});

test('metrics are at the root, as text', async () => {
  const root = base.replace('/fleet/v1', '');
  const reply = await fetch(`${root}/metrics`);
  expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    'fleet_units 1\n',
  ]);
  expect((await fetch(`${root}/metrics`, { method: 'POST' })).status).toBe(405);
});

describe('discovery', () => {
  type Method = { httpMethod: string; path: string; response?: { $ref: string } };
  type Document = Record<'rootUrl' | 'servicePath' | 'basePath' | 'baseUrl', string> & {
    schemas: Record<string, { properties: Record<string, unknown> }>;
    resources: Record<string, { methods: Record<string, Method> }>;
  };

  test('says where the API is, by the name the client has called', async () => {
    const document = (await call('GET', '/discovery')).json as Document;
    const root = base.replace('fleet/v1', '');
    expect(document).toMatchObject({ rootUrl: root, baseUrl: `${base}/`, basePath: '/fleet/v1/' });
    expect(document.rootUrl + document.servicePath).toBe(document.baseUrl);
    const other = base.replace('127.0.0.1', 'localhost');
    expect(await (await fetch(`${other}/discovery`)).json()).toMatchObject({ baseUrl: `${other}/` });
  });

  test('every GET it names is there, and answers what it says', async () => {
    await call('PUT', '/units/seen.service', { options });
    const seen = { unit: 'seen.service', machineId: 'm9', hash: 'h', load: 'loaded', active: 'active', sub: 'running' };
    await store.put(keys.state('seen.service', 'm9'), writeState({ ...seen, job: 'launched' }));
    const { rootUrl, servicePath, schemas, resources } = (await call('GET', '/discovery')).json as Document;
    const gets = Object.values(resources)
      .flatMap(({ methods }) => Object.values(methods))
      .filter(({ httpMethod }) => httpMethod === 'GET');
    expect(gets.map(({ path }) => path).sort()).toEqual([
      'machines',
      'state',
      'state/{unitName}',
      'units',
      'units/{unitName}',
    ]);
    for (const { path, response } of gets) {
      const reply = await fetch(rootUrl + servicePath + path.replace('{unitName}', 'seen.service'));
      const fields = Object.keys((await reply.json()) as object);
      const known = Object.keys(schemas[response?.$ref ?? '']?.properties ?? {});
      expect([reply.status, fields.length > 0, fields.filter((field) => !known.includes(field))]).toEqual([
        200,
        true,
        [],
      ]);
    }
    await call('DELETE', '/units/seen.service');
    await store.deletePrefix(keys.statesOf('seen.service'));
  });
});

test('pages of 100, with the original tokens', async () => {
  for (let i = 0; i < 101; i++) await call('PUT', `/units/p${String(i).padStart(3, '0')}.service`, { options });
  const first = (await call('GET', '/units')).json as { units: unknown[]; nextPageToken: string };
  expect([first.units.length, first.nextPageToken]).toEqual([100, 'ZAACAA==']);
  const second = (await call('GET', '/units?nextPageToken=ZAACAA==')).json as {
    units: unknown[];
    nextPageToken?: string;
  };
  expect([second.units.length, second.nextPageToken]).toEqual([1, undefined]);
  expect(await call('GET', '/units?nextPageToken=!')).toMatchObject({
    status: 400,
    message: 'illegal base64 data at input byte 0',
  });
  expect(await call('GET', '/units?nextPageToken=AQACAA==')).toMatchObject({
    status: 400,
    message: 'token limit must be 100',
  });
});

test.each([
  ['/units/', 404],
  ['/nothing', 404],
  ['/units/a/b', 404],
  ['', 405],
])('GET %s -> %i', async (path, status) => {
  expect(await call('GET', path)).toMatchObject({ status, message: '' });
});

test('without etcd every resource says 503', async () => {
  store.setAway(true);
  for (const path of ['/units', '/units/a.service', '/state', '/machines']) {
    expect(await call('GET', path)).toMatchObject({
      status: 503,
      message: 'fleet server unable to communicate with etcd',
    });
  }
  store.setAway(false);
});
