import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
beforeEach(async () => {
  server = await startRunning();
});
afterEach(() => server.stop());

const scopes = (method: string, path = '', form?: Record<string, string>) => {
  const whole = `/pools/default/buckets/default/scopes${path}`;
  return ask(
    server.ports.mgmt,
    method,
    whole,
    form === undefined ? { auth: administrator } : { auth: administrator, form },
  );
};
const said = async (answer: ReturnType<typeof scopes>) => {
  const { status, json, body } = await answer;
  return [status, json ?? body];
};

// Clients abort their process on a uid that is a number.
const uid = z.string().regex(/^[0-9a-f]+$/u);
const manifest = z.strictObject({
  uid,
  scopes: z.array(
    z.strictObject({
      name: z.string(),
      uid,
      collections: z.array(z.strictObject({ name: z.string(), uid, maxTTL: z.int(), history: z.literal(false) })),
    }),
  ),
});

test('the manifest, its number growing in hexadecimal, and the same number in the maps', async () => {
  for (let n = 1; n <= 10; n++)
    expect(await said(scopes('POST', '', { name: `s${n}` }))).toEqual([200, { uid: n.toString(16) }]);
  await scopes('POST', '/s3/collections', { name: 'c', maxTTL: '-1' });
  const { json } = await scopes('GET');
  const { uid: number, scopes: all } = manifest.parse(json);
  expect([number, all.map(({ name }) => name).join(' ')]).toEqual(['b', '_default s1 s2 s3 s4 s5 s6 s7 s8 s9 s10']);
  expect(all[3]?.collections).toEqual([{ name: 'c', uid: '8', maxTTL: -1, history: false }]);
  for (const path of ['/pools/default/b/default', '/pools/default/buckets/default']) {
    const map = await ask(server.ports.mgmt, 'GET', path, { auth: administrator });
    expect((map.json as { collectionsManifestUid: unknown }).collectionsManifestUid).toBe('b');
  }
});

test.each([
  ['a scope that is there', 'POST', '', { name: '_default' }, 400, 'First character must not be _ or %'],
  ['a scope again', 'POST', '', { name: 's' }, 400, 'Scope with name "s" already exists'],
  ['a scope of no name', 'POST', '', {}, 400, 'The value must be supplied'],
  ['a scope of an empty name', 'POST', '', { name: '' }, 400, 'Length must be in range from 1 to 251'],
  ['a scope of a long name', 'POST', '', { name: 'x'.repeat(252) }, 400, 'Length must be in range from 1 to 251'],
  [
    'a scope with a dot',
    'POST',
    '',
    { name: 'a.b' },
    400,
    'Can only contain characters A-Z, a-z, 0-9 and the following symbols _ - %',
  ],
  [
    'a collection again',
    'POST',
    '/s/collections',
    { name: 'c' },
    400,
    'Collection with name "c" in scope "s" already exists',
  ],
  ['a collection in no scope', 'POST', '/no/collections', { name: 'c' }, 404, 'Scope with name "no" is not found'],
  ['a collection with history', 'POST', '/s/collections', { name: 'd', history: 'true' }, 400, 'storage_mode=magma'],
  [
    'a life time of words',
    'POST',
    '/s/collections',
    { name: 'd', maxTTL: 'long' },
    400,
    'must be in range from -1 to 2147483647',
  ],
  ['a life time too long', 'POST', '/s/collections', { name: 'd', maxTTL: '2147483648' }, 400, 'must be in range'],
  [
    'change of no collection',
    'PATCH',
    '/s/collections/no',
    { maxTTL: '1' },
    404,
    'Collection with name "no" in scope "s" is not found',
  ],
  [
    'drop of no collection',
    'DELETE',
    '/s/collections/no',
    undefined,
    404,
    'Collection with name "no" in scope "s" is not found',
  ],
  ['drop of no scope', 'DELETE', '/no', undefined, 404, 'Scope with name "no" is not found'],
  ['drop of the default scope', 'DELETE', '/_default', undefined, 400, 'Deleting _default scope is not allowed'],
  [
    'drop of the default collection',
    'DELETE',
    '/_default/collections/_default',
    undefined,
    400,
    'Cannot drop the _default collection',
  ],
] as const)('%s', async (_, method, path, form, status, text) => {
  await scopes('POST', '', { name: 's' });
  await scopes('POST', '/s/collections', { name: 'c' });
  const answer = await scopes(method, path, form);
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.json).replaceAll('\\"', '"')).toContain(text);
  // The shape that couchbase-cli and SDKs read.
  expect(() => z.strictObject({ errors: z.record(z.string(), z.string()) }).parse(answer.json)).not.toThrow();
});

test('changing, dropping, and waiting for the manifest', async () => {
  await scopes('POST', '', { name: 's' });
  await scopes('POST', '/s/collections', { name: 'c', maxTTL: '5' });
  expect(await said(scopes('PATCH', '/s/collections/c', { maxTTL: '7' }))).toEqual([200, { uid: '3' }]);
  const maxTtl = async () => manifest.parse((await scopes('GET')).json).scopes[1]?.collections[0]?.maxTTL;
  expect(await maxTtl()).toBe(7);
  expect(await said(scopes('DELETE', '/s/collections/c'))).toEqual([200, { uid: '4' }]);
  expect(await maxTtl()).toBeUndefined();
  expect(await said(scopes('POST', '/@ensureManifest/4'))).toEqual([200, '']);
  expect(await said(scopes('POST', '/@ensureManifest/5'))).toEqual([504, 'timeout']);
  expect(await said(scopes('POST', '/@ensureManifest/x'))).toEqual([400, 'Invalid UID']);
});

test('1,200 scopes and no more', async () => {
  for (let n = 1; n < 1200; n++) await scopes('POST', '', { name: `s${n}` });
  const { status, body } = await scopes('POST', '', { name: 'more' });
  expect([status, body]).toEqual([
    429,
    '{"errors":{"_":"Maximum number of scopes (1200) for this bucket has been reached"}}',
  ]);
});

test('strangers and unknown buckets', async () => {
  expect(
    (await ask(server.ports.mgmt, 'POST', '/pools/default/buckets/default/scopes', { form: { name: 's' } })).status,
  ).toBe(401);
  expect(
    (await ask(server.ports.mgmt, 'GET', '/pools/default/buckets/no/scopes', { auth: administrator })).status,
  ).toBe(404);
});
