import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { administrator, ask, type Answer } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
beforeEach(async () => {
  server = await startRunning();
});
afterEach(() => server.stop());

const credentials = { user: 'Administrator', password: 'Password1' };
const fromConsole = { 'ns-server-ui': 'yes' };
const port = () => server.ports.mgmt;

async function signIn(form: Record<string, string> = credentials): Promise<{ answer: Answer; cookie: string }> {
  const answer = await ask(port(), 'POST', '/uilogin', { form });
  return { answer, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

describe('signing in at the console', () => {
  test('gives a cookie of this host and port that scripts cannot read and other sites do not send', async () => {
    const { answer, cookie } = await signIn();
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^ui-auth-127\\.0\\.0\\.1%3A${port()}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`, 'u'),
      ),
    ]);
    const opened = await ask(port(), 'GET', '/pools/default', { headers: { ...fromConsole, cookie } });
    expect(opened.status).toBe(200);
  });

  test.each([{ user: 'Administrator', password: 'wrong' }, { user: 'root', password: 'Password1' }, {}])(
    'is refused to %o, without a cookie',
    async (form) => {
      const { answer } = await signIn(form);
      expect([answer.status, answer.headers['set-cookie']]).toEqual([400, undefined]);
    },
  );

  test('the cookie alone opens nothing: the browser adds it for other sites too', async () => {
    const { cookie } = await signIn();
    const answers = await Promise.all([
      ask(port(), 'GET', '/pools/default', { headers: { cookie } }),
      ask(port(), 'DELETE', '/pools/default/buckets/default', { headers: { cookie } }),
      ask(port(), 'GET', '/pools/default', { headers: { cookie, 'ns-server-ui': 'no' } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    const buckets = await ask(port(), 'GET', '/pools/default/buckets', { auth: administrator });
    expect(buckets.json).toHaveLength(1);
  });

  test.each(['ui-auth=x', 'nonsense', ''])('cookie %j opens nothing, and puts up no password box', async (cookie) => {
    const answer = await ask(port(), 'GET', '/pools/default', { headers: { ...fromConsole, cookie } });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, undefined]);
  });

  test('ends with signing out, which takes the header as well', async () => {
    const { cookie } = await signIn();
    expect((await ask(port(), 'POST', '/uilogout', { headers: { cookie } })).status).toBe(400);
    const out = await ask(port(), 'POST', '/uilogout', { headers: { ...fromConsole, cookie } });
    expect([out.status, out.headers['set-cookie']?.[0]]).toEqual([
      200,
      expect.stringContaining('Expires=Thu, 01 Jan 1970'),
    ]);
    const after = await ask(port(), 'GET', '/pools/default', { headers: { ...fromConsole, cookie } });
    expect(after.status).toBe(401);
  });

  test('ends with another password', async () => {
    const { cookie } = await signIn();
    const form = { port: 'SAME', username: 'Administrator', password: 'Password2' };
    await ask(port(), 'POST', '/settings/web', { auth: administrator, form });
    const after = await ask(port(), 'GET', '/pools/default', { headers: { ...fromConsole, cookie } });
    expect(after.status).toBe(401);
  });
});

describe('users at the console', () => {
  const jane = { user: 'jane', password: 'secret-1' };
  const path = '/settings/rbac/users/local/jane';
  const put = (roles: string, password = jane.password) =>
    ask(port(), 'PUT', path, { auth: administrator, form: { roles, password } });

  test('those who read the settings sign in, and may there what their roles let them', async () => {
    await put('ro_admin');
    const { answer, cookie } = await signIn(jane);
    expect(answer.status).toBe(200);
    const headers = { ...fromConsole, cookie };
    const answers = [
      await ask(port(), 'GET', '/pools/default/buckets', { headers }),
      await ask(port(), 'DELETE', '/pools/default/buckets/default', { headers }),
      await ask(port(), 'GET', '/pools/default/buckets/default/docs', { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403]);
  });

  test('an application’s user is told that the console is not for it', async () => {
    await put('bucket_full_access[default]');
    const { answer } = await signIn(jane);
    expect([answer.status, answer.headers['set-cookie'], answer.json]).toEqual([
      403,
      undefined,
      expect.objectContaining({ permissions: ['cluster.ui!read'] }),
    ]);
  });

  test.each([
    ['another password', () => put('ro_admin', 'secret-2')],
    ['the user’s removal', () => ask(port(), 'DELETE', path, { auth: administrator })],
  ])('a session ends with %s', async (_, change) => {
    await put('ro_admin');
    const { cookie } = await signIn(jane);
    const headers = { ...fromConsole, cookie };
    expect((await ask(port(), 'GET', '/pools/default', { headers })).status).toBe(200);
    await change();
    expect((await ask(port(), 'GET', '/pools/default', { headers })).status).toBe(401);
  });

  test('who is signed out does not see what a bucket without a password shows to strangers', async () => {
    const older = await startRunning({ generation: '4.0', bucket: { authType: 'sasl', saslPassword: '' } });
    const seen = async (headers: Record<string, string>) =>
      (await ask(older.ports.mgmt, 'GET', '/pools/default/buckets', { headers })).status;
    expect([await seen({}), await seen(fromConsole)]).toEqual([200, 401]);
    older.stop();
  });
});

describe('a page of another origin', () => {
  const origins = ['http://evil.example', 'null', 'http://127.0.0.1:1', 'nonsense'];

  test.each(origins)('%s changes nothing with a remembered password', async (origin) => {
    const form = { name: 'planted', ramQuotaMB: '100', replicaNumber: '0' };
    const options = { auth: administrator, form, headers: { origin } };
    const answers = [
      await ask(port(), 'POST', '/pools/default/buckets', options),
      await ask(port(), 'POST', '/pools/default/buckets/default/docs/k', { ...options, form: { value: '1' } }),
      await ask(port(), 'DELETE', '/pools/default/buckets/default', { auth: administrator, headers: { origin } }),
      await ask(server.ports.capi, 'PUT', '/default/_design/d', { auth: administrator, json: {}, headers: { origin } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const buckets = await ask(port(), 'GET', '/pools/default/buckets', { auth: administrator });
    expect(buckets.json).toMatchObject([{ name: 'default', basicStats: { itemCount: 0 } }]);
  });

  test('its own may', async () => {
    const headers = { origin: `http://127.0.0.1:${port()}` };
    const form = { value: '1' };
    const answer = await ask(port(), 'POST', '/pools/default/buckets/default/docs/k', {
      auth: administrator,
      form,
      headers,
    });
    expect(answer.status).toBe(200);
  });

  test('cannot set up a node that nobody has set up yet', async () => {
    const fresh = await startRunning({ initialise: false });
    const form = { services: 'kv', username: 'Administrator', password: 'Password1', memoryQuota: '500' };
    const answer = await ask(fresh.ports.mgmt, 'POST', '/clusterInit', {
      form,
      headers: { origin: 'http://evil.example' },
    });
    expect(answer.status).toBe(403);
    expect((await ask(fresh.ports.mgmt, 'GET', '/pools')).json).toMatchObject({ pools: [] });
    fresh.stop();
  });
});

describe('bodies', () => {
  const form = (bytes: number) => ({ value: 'x'.repeat(bytes) });

  test('an administrator sends 4 MiB at most', async () => {
    const path = '/pools/default/buckets/default/docs/k';
    const largest = await ask(port(), 'POST', path, { auth: administrator, form: form(4 * 1024 * 1024 - 6) });
    const tooLarge = await ask(port(), 'POST', path, { auth: administrator, form: form(4 * 1024 * 1024 - 5) });
    expect([largest.status, tooLarge.status]).toEqual([200, 413]);
  });

  test('a stranger sends 4 KiB to sign in, 64 KiB to what else is open', async () => {
    expect((await ask(port(), 'POST', '/uilogin', { form: form(4096) })).status).toBe(413);
    const toPools = (bytes: number) =>
      // Node says the length of a GET's body to nobody by itself.
      ask(port(), 'GET', '/pools', { form: form(bytes), headers: { 'content-length': String(bytes + 6) } });
    expect((await toPools(65_530)).status).toBe(200);
    expect((await toPools(65_531)).status).toBe(413);
  });
});

test('/couchBase leads to the view port’s routes, for who may use them', async () => {
  const views = { v: { map: 'function (doc, meta) { emit(meta.id, null); }' } };
  const path = '/couchBase/default/_design/dev_d';
  expect((await ask(port(), 'PUT', path, { json: { views } })).status).toBe(401);
  expect((await ask(port(), 'PUT', path, { auth: administrator, json: { views } })).status).toBe(201);
  const shown = await ask(server.ports.capi, 'GET', '/default/_design/dev_d', { auth: administrator });
  expect(shown.json).toEqual({ views });
  const rows = await ask(port(), 'GET', `${path}/_view/v?stale=false`, { auth: administrator });
  expect(rows.json).toEqual({ total_rows: 0, rows: [] });
});
