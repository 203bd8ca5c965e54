import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask, type Answer } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
beforeEach(async () => {
  server = await startRunning();
});
afterEach(() => server.stop());

const docs = '/pools/default/buckets/default/docs';

interface Shown {
  readonly meta: { readonly id: string; readonly rev: string; readonly expiration: number; readonly flags: number };
  readonly json?: string;
  readonly base64?: string;
  readonly xattrs: unknown;
}

function call(method: string, path: string, form?: Record<string, string>, headers: Record<string, string> = {}) {
  return ask(server.ports.mgmt, method, path, { auth: administrator, headers, ...(form && { form }) });
}

function put(key: string, value: string, headers?: Record<string, string>): Promise<Answer> {
  return call('POST', `${docs}/${encodeURIComponent(key)}`, { value }, headers);
}

/** The ETag of an answer, which it has. */
function etagOf({ headers }: Answer): string {
  return String(headers['etag']);
}

async function shown(key: string): Promise<Shown> {
  return (await call('GET', `${docs}/${encodeURIComponent(key)}`)).json as Shown;
}

async function ids(query: string): Promise<string[]> {
  const { json } = await call('GET', `${docs}?${query}`);
  return (json as { rows: { id: string }[] }).rows.map(({ id }) => id);
}

describe('one document', () => {
  test('is stored as it was sent, shown with its revision, and deleted', async () => {
    const value = '{"n": 12345678901234567890, "a": [1,2]}';
    const stored = await put('k', value);
    expect([stored.status, stored.json]).toEqual([200, []]);
    const { meta, json } = await shown('k');
    expect(json).toBe(value);
    expect(meta).toMatchObject({ id: 'k', expiration: 0, flags: 0x0200_0006 });
    expect(etagOf(stored)).toBe(`"${meta.rev}"`);
    expect([(await call('DELETE', `${docs}/k`)).json, (await call('GET', `${docs}/k`)).status]).toEqual([[], 404]);
    expect((await call('DELETE', `${docs}/k`)).status).toBe(404);
  });

  test.each(['a/b', 'with blank', '%', 'ü€😀', 'a?b#c', '../x', 'x'.repeat(250)])('has ID %j', async (key) => {
    await put(key, '1');
    expect((await shown(key)).meta.id).toBe(key);
    expect(await ids('')).toEqual([key]);
  });

  test('with an ID of 251 bytes is refused', async () => {
    expect([(await put('ü'.repeat(126), '1')).status, await ids('')]).toEqual([400, []]);
  });

  test('is what a key-value client stored, bytes and flags untouched, and the other way round', async () => {
    const client = await KvClient.ready(server.ports.kv);
    const extras = Buffer.from([3, 0, 0, 2, 0, 0, 0, 0]);
    const bytes = Buffer.from([0xff, 0x00, 0x80]);
    const { cas } = await client.call(packet(opcodes.set, { key: inDefault('b'), value: bytes, extras }));
    const { meta, base64 } = await shown('b');
    expect([base64, meta.flags]).toEqual([bytes.toString('base64'), 0x0300_0002]);
    expect(meta.rev).toMatch(new RegExp(`^\\d+-${cas.toString(16).padStart(16, '0')}0000000003000002$`, 'u'));
    await call('POST', `${docs}/b`, { value: '"text"', flags: '4294967295', expiry: '100', preserveTTL: 'true' });
    const read = await client.call(packet(opcodes.get, { key: inDefault('b') }));
    expect([read.value.toString(), read.extras.readUInt32BE(0)]).toEqual(['"text"', 0xffff_ffff]);
    client.close();
  });

  test('expires when the form says so, and keeps its time when it is changed with preserveTTL', async () => {
    await call('POST', `${docs}/e`, { value: '1', expiry: '1000' });
    const { expiration } = (await shown('e')).meta;
    expect(expiration).toBeGreaterThan(Date.now() / 1000 + 990);
    await call('POST', `${docs}/e`, { value: '2', preserveTTL: 'true' });
    expect((await shown('e')).meta.expiration).toBe(expiration);
    await call('POST', `${docs}/e`, { value: '3' });
    expect((await shown('e')).meta.expiration).toBe(0);
  });

  test.each([
    [{ value: '1', flags: '-1' }, {}, 400],
    [{ value: '1', flags: '4294967296' }, {}, 400],
    [{ value: '1', expiry: 'soon' }, {}, 400],
    [{ value: '1' }, { 'content-type': 'application/json' }, 400],
    [{ value: '1' }, { 'if-match': '"no revision"' }, 400],
    [{ value: '1' }, { 'if-none-match': '"1-00"' }, 400],
    [{ value: '1' }, { 'if-match': '*', 'if-none-match': '*' }, 400],
  ])('%o with %o is refused', async (form, headers, status) => {
    const answer = await call('POST', `${docs}/k`, form, headers);
    expect([answer.status, (await call('GET', `${docs}/k`)).status]).toEqual([status, 404]);
  });
});

describe('an edit', () => {
  test('takes the place of the revision it began with, and of no other', async () => {
    const mine = etagOf(await put('k', '1'));
    await put('k', '2');
    const late = await put('k', '"mine"', { 'If-Match': mine });
    expect([late.status, late.json]).toEqual([412, { error: 'conflict', reason: 'the document was changed' }]);
    expect((await call('DELETE', `${docs}/k`, undefined, { 'If-Match': mine })).status).toBe(412);
    expect((await shown('k')).json).toBe('2');
    const { rev } = (await shown('k')).meta;
    expect((await put('k', '3', { 'If-Match': `"${rev}"` })).status).toBe(200);
    expect((await shown('k')).json).toBe('3');
  });

  test('of a document that is gone makes none, also not of one that came back', async () => {
    const mine = etagOf(await put('k', '1'));
    await call('DELETE', `${docs}/k`);
    expect((await put('k', '"mine"', { 'If-Match': mine })).json).toMatchObject({ reason: 'the document is gone' });
    expect((await put('k', '"mine"', { 'If-Match': '*' })).status).toBe(412);
    await put('k', '1');
    expect((await put('k', '"mine"', { 'If-Match': mine })).status).toBe(412);
    expect((await call('DELETE', `${docs}/gone`, undefined, { 'If-Match': mine })).status).toBe(412);
  });

  test('that adds finds a document that is there', async () => {
    expect((await put('k', '1', { 'If-None-Match': '*' })).status).toBe(200);
    expect((await put('k', '2', { 'If-None-Match': '*' })).status).toBe(412);
    expect((await shown('k')).json).toBe('1');
  });
});

describe('the list', () => {
  const keys = ['b', 'a', 'ä', 'aa', 'B', 'c', 'ab'];
  beforeEach(async () => {
    for (const key of keys) await put(key, `{"of":"${key}"}`);
  });

  test.each([
    ['', ['B', 'a', 'aa', 'ab', 'b', 'c', 'ä']],
    ['limit=2', ['B', 'a']],
    ['limit=2&skip=3', ['ab', 'b']],
    ['skip=7', []],
    ['startkey="aa"', ['aa', 'ab', 'b', 'c', 'ä']],
    ['startkey="aa"&endkey="b"', ['aa', 'ab', 'b']],
    ['startkey="aa"&endkey="b"&inclusive_end=false', ['aa', 'ab']],
    [`startkey=${encodeURIComponent('"ä"')}`, ['ä']],
    ['q=B', ['B', 'ab', 'b']],
    ['q=of":"a', ['a', 'aa', 'ab']],
    [`q=${encodeURIComponent('Ä')}`, ['ä']],
    ['q=a&limit=1&startkey="ab"', ['ab']],
    ['q=zzz', []],
  ])('%s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  test('has the documents, or a piece of them, if asked', async () => {
    const { json } = await call('GET', `${docs}?limit=1&include_docs=true&preview=6`);
    const rev = (await shown('B')).meta.rev;
    const preview = { text: '{"of":', bytes: 10, rev, expiration: 0 };
    expect(json).toEqual({ rows: [{ id: 'B', key: 'B', doc: { meta: { id: 'B' }, json: '{"of":"B"}' }, preview }] });
  });

  test.each([
    ['limit=0'],
    ['limit=1001'],
    ['limit=x'],
    ['skip=-1'],
    ['skip=10001'],
    ['preview=1001'],
    ['include_docs=yes'],
    ['startkey=aa'],
    ['endkey=7'],
  ])('%s is refused with the name of what is wrong', async (query) => {
    const { status, json } = await call('GET', `${docs}?${query}`);
    const name = query.split('=')[0] ?? '';
    expect([status, json]).toEqual([
      400,
      { error: 'bad_request', reason: expect.stringContaining(`'${name}' must be`) as string },
    ]);
  });
});

test('there is nothing for strangers, of no bucket, and of one that is loading', async () => {
  expect((await ask(server.ports.mgmt, 'GET', docs)).status).toBe(401);
  expect((await call('GET', '/pools/default/buckets/none/docs')).status).toBe(404);
  const loading = await startRunning({ warmupMs: 600_000 });
  const answer = await ask(loading.ports.mgmt, 'GET', docs, { auth: administrator });
  expect([answer.status, answer.json]).toMatchObject([503, { error: 'retry_needed' }]);
  loading.stop();
});

test('a bucket that is full says so', async () => {
  const value = JSON.stringify('x'.repeat(1024 * 1024));
  const filled = await startRunning({ bucket: { ramQuotaMB: '100' } });
  const statuses: number[] = [];
  for (let index = 0; index < 101; index++) {
    const path = `${docs}/k${index}`;
    statuses.push((await ask(filled.ports.mgmt, 'POST', path, { auth: administrator, form: { value } })).status);
  }
  expect([...new Set(statuses)]).toEqual([200, 503]);
  filled.stop();
});

describe('who may read and write them', () => {
  const mgmt = () => server.ports.mgmt;

  test.each([
    ['data_reader[default]', 200, 403],
    ['data_writer[default]', 403, 200],
    ['bucket_full_access[default]', 200, 200],
    ['data_reader[default:_default:_default]', 200, 403],
    // Documents by REST are those of the default collection.
    ['data_reader[default:shop]', 403, 403],
    ['bucket_admin[default]', 403, 403],
  ])('%s', async (roles, reading, writing) => {
    await put('k', '1');
    const auth = 'jane:secret-1';
    await call('PUT', '/settings/rbac/users/local/jane', { password: 'secret-1', roles });
    const form = { value: '2' };
    const answers = [
      await ask(mgmt(), 'GET', docs, { auth }),
      await ask(mgmt(), 'GET', `${docs}/k`, { auth }),
      await ask(mgmt(), 'POST', `${docs}/k`, { auth, form }),
      await ask(mgmt(), 'DELETE', `${docs}/k`, { auth }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([reading, reading, writing, writing]);
    expect((await call('GET', `${docs}/k`)).status).toBe(writing === 200 ? 404 : 200);
  });
});

test('they count as what a key-value client would have done', async () => {
  await put('k', '1');
  await shown('k');
  await call('GET', `${docs}/none`);
  await call('DELETE', `${docs}/k`);
  await call('DELETE', `${docs}/k`);
  await vi.waitFor(
    async () => {
      const { json } = await call('GET', '/pools/default/buckets/default/stats');
      const { samples } = (json as { op: { samples: Readonly<Record<string, readonly number[]>> } }).op;
      const sum = (name: string) => (samples[name] ?? []).reduce((total, value) => total + value, 0);
      const names = ['cmd_set', 'cmd_get', 'get_hits', 'get_misses', 'delete_hits', 'delete_misses', 'ops'];
      expect(names.map(sum)).toEqual([1, 2, 1, 1, 1, 1, 5]);
    },
    { timeout: 30_000, interval: 100 },
  );
});

describe('what key-value clients did', () => {
  let client: KvClient;
  beforeEach(async () => {
    // Collections, extended attributes and extended errors.
    client = await KvClient.ready(server.ports.kv, 'default', [0x06, 0x07, 0x12]);
    await put('k', '1');
  });
  afterEach(() => client.close());

  test('the user’s attributes of a document are shown, the system’s are not', async () => {
    for (const name of ['tag', '_sys']) {
      const extras = Buffer.from([0, name.length, 0x04]);
      const request = packet(subdocOpcodes.dictUpsert, { key: inDefault('k'), value: `${name}{"of":"ü"}`, extras });
      expect((await client.call(request)).status).toBe(statuses.success);
    }
    expect(await shown('k')).toMatchObject({ json: '1', xattrs: { tag: { of: 'ü' } } });
    expect((await shown('k')).xattrs).not.toHaveProperty('_sys');
  });

  test('a document that is locked is neither stored nor deleted: 409', async () => {
    await client.call(packet(opcodes.getLocked, { key: inDefault('k') }));
    expect([(await put('k', '2')).status, (await call('DELETE', `${docs}/k`)).status]).toEqual([409, 409]);
    expect((await shown('k')).json).toBe('1');
  });
});
