import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { bundleViews } from '../support/bundles.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
let client: KvClient;
let program: Awaited<ReturnType<typeof bundleViews>>;
const call = (method: string, path: string, json?: unknown) =>
  ask(server.ports.capi, method, path, { auth: administrator, ...(json === undefined ? {} : { json }) });
const design = '/default/_design/events';
const view = `${design}/_view/by_id`;
const rows = async (query: string) => {
  const { json } = await call('GET', `${view}?stale=false&${query}`);
  return (json as { rows: { id: string }[] }).rows.map(({ id }) => id).join(' ');
};

beforeAll(async () => {
  program = await bundleViews();
  server = await startRunning({ viewsProgram: program.path });
  client = await KvClient.ready(server.ports.kv);
  for (const id of ['a', 'b', 'c', 'd', 'e']) await store(id, { id, group: [id < 'c' ? 'low' : 'high', id] });
  const views = {
    by_id: { map: 'function (doc, meta) { emit(doc.id, meta.type); }' },
    grouped: { map: 'function (doc) { emit(doc.group, 2); }', reduce: '_sum' },
    names: { map: 'function (doc) { emit(doc.id, doc.id); }', reduce: '_stats' },
  };
  expect((await call('PUT', design, { views })).status).toBe(201);
});
afterAll(() => {
  client.close();
  server.stop();
  return program.remove();
});

async function store(key: string, document: unknown): Promise<void> {
  await client.call(
    packet(opcodes.set, { key: inDefault(key), value: JSON.stringify(document), extras: Buffer.alloc(8) }),
  );
}

test.each([
  ['', 'a b c d e'],
  ['descending=true', 'e d c b a'],
  ['descending=true&limit=2', 'e d'],
  ['skip=1&limit=2', 'b c'],
  ['key="c"', 'c'],
  ['keys=["d","a","x"]', 'd a'],
  ['startkey="b"&endkey="d"', 'b c d'],
  ['start_key="b"&end_key="d"&inclusive_end=false', 'b c'],
  ['descending=true&startkey="d"&endkey="b"', 'd c b'],
  ['descending=true&startkey="d"&endkey="b"&inclusive_end=false', 'd c'],
  ['startkey="c"&endkey="a"', ''],
  ['startkey="b"&startkey_docid=c', 'c d e'],
  ['endkey="d"&endkey_docid=c', 'a b c'],
])('GET %s', async (query, expected) => {
  expect(await rows(query)).toBe(expected);
});

test('POST takes its options from the URL and keys from the body', async () => {
  const { json } = await call('POST', `${view}?limit=1`, { keys: ['b', 'a'] });
  expect(json).toEqual({ total_rows: 5, rows: [{ id: 'b', key: 'b', value: 'json' }] });
});

describe('reduce', () => {
  const reduced = async (query: string) =>
    ((await call('GET', `${design}/_view/grouped?${query}`)).json as { rows: unknown }).rows;
  test('all, by whole key, by the first element, and not at all', async () => {
    expect(await reduced('')).toEqual([{ key: null, value: 10 }]);
    expect(await reduced('group=true&limit=1')).toEqual([{ key: ['high', 'c'], value: 2 }]);
    expect(await reduced('group_level=1')).toEqual([
      { key: ['high'], value: 6 },
      { key: ['low'], value: 4 },
    ]);
    expect(await reduced('reduce=false')).toHaveLength(5);
  });

  test('_stats of what is no number is a server failure with the reason', async () => {
    const { status, json } = await call('GET', `${design}/_view/names`);
    expect({ status, json }).toEqual({
      status: 500,
      json: { error: 'view_undefined', reason: 'builtin _stats function requires map values to be numbers, got "a"' },
    });
  });
});

test('stale: ok shows what was, update_after answers first and updates then, false updates first', async () => {
  await rows('');
  await store('f', { id: 'f' });
  const stale = async (how: string) =>
    ((await call('GET', `${view}?stale=${how}`)).json as { total_rows: number }).total_rows;
  expect([await stale('ok'), await stale('update_after'), await stale('ok')]).toEqual([5, 5, 6]);
  await client.call(packet(opcodes.delete, { key: inDefault('f') }));
  expect(await stale('false')).toBe(5);
});

test.each([
  ['GET', `${view}?limit=-1`, undefined, 400, 'query_parse_error'],
  ['GET', `${view}?key=nojson`, undefined, 400, 'query_parse_error'],
  ['GET', `${view}?stale=maybe`, undefined, 400, 'query_parse_error'],
  ['GET', `${view}?group=true`, undefined, 400, 'query_parse_error'],
  ['GET', `${design}/_view/none`, undefined, 404, 'not_found'],
  ['GET', '/default/_design/none/_view/none', undefined, 404, 'not_found'],
  ['GET', '/none/_design/d', undefined, 404, 'not_found'],
  ['DELETE', '/default/_design/none', undefined, 404, 'not_found'],
  ['PUT', '/default/_design/bad', { views: { v: { map: 'function (' } } }, 400, 'invalid_design_document'],
  ['PUT', '/default/_design/bad', { views: { v: { map: '42' } } }, 400, 'invalid_design_document'],
  ['PUT', '/default/_design/bad', { views: { v: {} } }, 400, 'invalid_design_document'],
  [
    'PUT',
    '/default/_design/bad',
    { views: { v: { map: 'function () {}', reduce: 'function (keys' } } },
    400,
    'invalid_design_document',
  ],
  ['PUT', '/default/_design/bad', [1], 400, 'invalid_design_document'],
])('%s %s %o gives %i', async (method, path, body, status, error) => {
  const answer = await call(method, path, body);
  expect({ status: answer.status, error: (answer.json as { error: string }).error }).toEqual({ status, error });
});
