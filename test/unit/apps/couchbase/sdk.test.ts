import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, type Bundles } from './support/bundles.ts';
import { administrator, ask } from './support/rest.ts';
import { sdkResults, sdkScript } from './support/sdk-results.ts';
import { startServerProcess, type ServerProcess } from './support/server-process.ts';

let bundles: Bundles;
let server: ServerProcess;

beforeAll(async () => {
  bundles = await bundle();
  server = await startServerProcess(bundles.server);
  await provision(server);
});
afterAll(async () => {
  await server.stop();
  await bundles.remove();
});

/** The 4.0 steps, as the chapter's unit takes them. */
async function provision({ ports }: ServerProcess): Promise<void> {
  const post = (path: string, form: Record<string, string>, auth?: string) =>
    ask(ports.mgmt, 'POST', path, auth === undefined ? { form } : { form, auth });
  await post('/node/controller/setupServices', { services: 'kv,index,n1ql' });
  await post('/settings/web', { port: 'SAME', username: 'Administrator', password: 'Password1' });
  await post('/pools/default', { memoryQuota: '500' }, administrator);
  const bucket = { name: 'default', bucketType: 'couchbase', authType: 'sasl', ramQuotaMB: '500', replicaNumber: '1' };
  expect((await post('/pools/default/buckets/', bucket, administrator)).status).toBe(202);
}

const run = (scenario: string) => sdkResults(server.ports.kv, scenario);

test('documents, counters and their errors', async () => {
  expect(await run('documents')).toEqual({
    'wrong password': 'AuthenticationFailureError',
    'wrong user': 'AuthenticationFailureError',
    upsert: true,
    get: { n: 1, text: 'grüße' },
    'get missing': 'DocumentNotFoundError',
    insert: 'done',
    'insert again': 'DocumentExistsError',
    replace: 'done',
    replaced: [3],
    'replace missing': 'DocumentNotFoundError',
    'replace with CAS': 'done',
    'replace with old CAS': 'CasMismatchError',
    'remove with old CAS': 'CasMismatchError',
    'counter created': 10,
    'counter up': 15,
    'counter down to 0': 0,
    'counter of text': 'DeltaInvalidError',
    append: 'done',
    prepend: 'done',
    appended: 107,
    'append missing': 'DocumentNotFoundError',
    exists: true,
    touch: 'done',
    'get and touch': 2,
    text: 'done',
    'text read': 'plain text',
    bytes: 'done',
    'bytes read': '00ff01',
    remove: 'done',
    removed: 'DocumentNotFoundError',
    'value over 20 MiB': 'ValueTooLargeError',
    'durable write with one replica': 'DurabilityImpossibleError',
    concurrent: true,
    ping: 0,
  });
});

test('design document and queries of the chapter', async () => {
  const newest = Array.from({ length: 10 }, (_, index) => 125 - index);
  expect(await run('views')).toEqual({
    'query before design': 'DesignDocumentNotFoundError',
    publish: 'done',
    'publish nonsense': 'InvalidArgumentError',
    'read design': true,
    'list designs': ['ddocid'],
    'newest 10': { total: 25, rows: newest.map((id) => `rsvp-${id} ${id} Event ${id}`) },
    range: ['103', '104'],
    keys: ['120', '110'],
    skip: ['124', '125'],
    count: [{ key: null, value: 25 }],
    drop: 'done',
    'read dropped': 'DesignDocumentNotFoundError',
  });
});

test('what is not built is refused in words the SDK understands, and its process lives on', async () => {
  expect(await run('unsupported')).toEqual({
    users: [],
    query: 'ServiceNotAvailableError',
    buckets: ['default'],
    'still alive': { n: 1 },
  });
});

test('a client reconnects by itself when the server is back at its address; documents are gone', async () => {
  const child = spawn(process.execPath, [...sdkScript, String(server.ports.kv), 'restart'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: child.stdout });
    expect(await once(lines, 'line')).toEqual(['ready']);
    expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    server = await startServerProcess(bundles.server, { ports: server.ports });
    await provision(server);
    const answer = once(lines, 'line') as Promise<[string]>;
    child.stdin.write('restarted\n');
    expect(JSON.parse((await answer)[0])).toEqual({
      written: true,
      'read old': 'DocumentNotFoundError',
      'read new': 1,
    });
  } finally {
    child.kill();
  }
});
