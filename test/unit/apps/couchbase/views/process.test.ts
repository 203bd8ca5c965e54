import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { viewLimits } from '#apps/couchbase/src/views/limits.ts';
import { opcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { bundle, type Bundles } from '../support/bundles.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { createBucket, setUp } from '../support/set-up.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

/* The bundled server with its process of views: what views can do to it, to each other, and to key-value. */

const mebibyte = 1024 * 1024;
const serverBytes = 300 * mebibyte;

let bundles: Bundles;
let server: ServerProcess;
let client: KvClient;

beforeAll(async () => {
  bundles = await bundle();
});
afterAll(() => bundles.remove());
beforeEach(async () => {
  server = await startServerProcess(bundles.server);
  await setUp(server.ports.mgmt, 600);
  await createBucket(server.ports.mgmt, 'default');
  client = await KvClient.ready(server.ports.kv);
});
afterEach(async () => {
  client.close();
  await server.stop('SIGKILL');
});

/** Stores `count` documents in one go. */
async function fill(count: number, document: (n: number) => unknown = (n) => ({ n }), on = client): Promise<void> {
  const sets = Array.from({ length: count }, (_, n) =>
    packet(opcodes.set, { key: inDefault(`d${n}`), value: JSON.stringify(document(n)), extras: Buffer.alloc(8) }),
  );
  on.socket.write(Buffer.concat(sets));
  for (let n = 0; n < count; n++) expect((await on.answer()).status).toBe(statuses.success);
}

async function publish(views: Record<string, { map: string; reduce?: string }>, name = 'd', bucket = 'default') {
  const path = `/${bucket}/_design/${name}`;
  expect((await ask(server.ports.capi, 'PUT', path, { auth: administrator, json: { views } })).status).toBe(201);
}

const query = (view: string, parameters = 'stale=false', name = 'd', bucket = 'default') =>
  ask(server.ports.capi, 'GET', `/${bucket}/_design/${name}/_view/${view}?${parameters}`, { auth: administrator });

/** The server's processes of views. */
function children(): number[] {
  const task = `/proc/${server.pid}/task`;
  return readdirSync(task).flatMap((thread) => {
    const list = readFileSync(`${task}/${thread}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ').map(Number);
  });
}

const residentOf = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

/** Key-value answers, and the server's memory stays small, until `work` is done: so often that it cannot have been by chance. */
async function served<Result>(work: Promise<Result>): Promise<Result> {
  let isDone = false;
  let answers = 0;
  const finish = () => {
    isDone = true;
  };
  work.then(finish, finish);
  while (!isDone) {
    expect((await client.call(packet(opcodes.get, { key: inDefault('d0') }))).status).toBe(statuses.success);
    expect(residentOf(server.pid)).toBeLessThan(serverBytes);
    answers += 1;
  }
  expect(answers).toBeGreaterThan(5);
  return work;
}

test('the process is started by the first query that has documents, and has nothing', async () => {
  await publish({ all: { map: 'function (doc, meta) { emit(meta.id, null); }' } });
  expect((await query('all')).json).toEqual({ total_rows: 0, rows: [] });
  expect(children()).toEqual([]);
  expect(residentOf(server.pid)).toBeLessThan(100 * mebibyte);
  await fill(1);
  expect((await query('all')).json).toEqual({ total_rows: 1, rows: [{ id: 'd0', key: 'd0', value: null }] });
  const [child = 0, ...more] = children();
  expect(more).toEqual([]);
  expect(readFileSync(`/proc/${child}/environ`, 'utf8')).toBe('');
  expect(readlinkSync(`/proc/${child}/cwd`)).toBe('/');
  if (process.getuid?.() === 0) {
    const status = readFileSync(`/proc/${child}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/mu);
    expect(status).toMatch(/^Gid:\t65534\t65534\t65534\t65534$/mu);
    expect(status).toMatch(/^Groups:\t *$/mu);
    expect(status).toMatch(/^CapEff:\t0+$/mu);
  }
  // What it has open: pipes to the server, and nothing of the network (proc_pid_net(5): a line for each socket, the inode in it).
  const inodes = readdirSync(`/proc/${child}/fd`)
    .map((fd) => /socket:\[(\d+)\]/u.exec(readlinkSync(`/proc/${child}/fd/${fd}`))?.[1])
    .filter((inode) => inode !== undefined);
  const network = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split(/\s+/u));
  expect(inodes.length).toBeGreaterThan(0);
  expect(inodes.filter((inode) => network.includes(inode))).toEqual([]);
});

test('key-value goes on while 100,000 documents are indexed, and the index is right', async () => {
  await fill(100_000);
  await publish({ by_n: { map: 'function (doc) { emit(doc.n, doc.n); }', reduce: '_stats' } });
  const answer = await served(query('by_n'));
  expect(answer.json).toEqual({
    rows: [{ key: null, value: { sum: 4_999_950_000, count: 100_000, min: 0, max: 99_999, sumsqr: 333328333350000 } }],
  });
  const page = await query('by_n', 'stale=false&reduce=false&descending=true&limit=2');
  expect(page.json).toEqual({
    total_rows: 100_000,
    rows: [99_999, 99_998].map((n) => ({ id: `d${n}`, key: n, value: n })),
  });
  const all = await served(query('by_n', 'stale=ok&reduce=false&debug=true'));
  const { rows, debug_info } = all.json as { rows: { key: number }[]; debug_info: unknown };
  expect(rows.map(({ key }) => key)).toEqual(Array.from({ length: 100_000 }, (_, n) => n));
  expect(debug_info).toEqual({ local: { rows: 100_000 } });
});

test('a map that loops for ever is given up, and costs nothing more until it is published again', async () => {
  await fill(1000);
  await publish({
    bad: { map: 'function (doc) { while (true) { } }' },
    good: { map: 'function (doc) { emit(doc.n, 1); }' },
  });
  const [bad, good] = await served(Promise.all([query('bad'), query('good', 'stale=false&limit=1')]));
  // What a call may take follows how long this host took to start the process.
  const reason = expect.stringMatching(/^map function took longer than \d+ ms for 3 documents$/u) as string;
  expect([bad.status, bad.json]).toEqual([500, { error: 'view_undefined', reason }]);
  expect(good.json).toMatchObject({ total_rows: 1000 });
  const [child = 0] = children();
  const ticks = () => Number(readFileSync(`/proc/${child}/stat`, 'latin1').split(' ')[13]);
  const before = ticks();
  for (let n = 0; n < 20; n++) expect((await query('bad')).status).toBe(500);
  // Hundredths of a second: tried anew they would be 20 times what it took to give it up; Node itself may still tidy up a little.
  expect(ticks() - before).toBeLessThan(50);
  await publish({ bad: { map: 'function (doc) { emit(doc.n, 2); }' } });
  expect((await query('bad', 'stale=false&limit=1')).json).toMatchObject({ total_rows: 1000 });
});

test.each([
  ['2 million rows', 1000, 'function () { for (let i = 0; i < 2000; i++) emit(i, null); }', 'a view may have'],
  ['rows of 100 MB', 200, 'function () { emit(1, "x".repeat(500000)); }', 'a view may have'],
  [
    'more memory than there is',
    100,
    'function () { const a = []; for (;;) a.push(new Array(1000).fill(1)); }',
    'for 3 documents',
  ],
])('a view that emits or takes %s is refused; key-value goes on', async (_, documents, map, reason) => {
  await fill(documents);
  await publish({ large: { map } });
  const answer = await served(query('large'));
  expect([answer.status, (answer.json as { reason: string }).reason]).toEqual([500, expect.stringContaining(reason)]);
  expect(Math.max(...children().map(residentOf))).toBeLessThan(viewLimits.residentBytes);
  expect((await query('large')).status).toBe(500);
});

test('a process killed in the midst of its work is replaced, and the query answered', async () => {
  await fill(20_000);
  await publish({ by_n: { map: 'function (doc) { emit(doc.n, 1); }', reduce: '_count' } });
  const answer = query('by_n');
  const killed = new Set<number>();
  while (killed.size < 3) {
    const child = children().find((pid) => !killed.has(pid));
    if (child === undefined) await client.call(packet(opcodes.noop));
    else {
      killed.add(child);
      process.kill(child, 'SIGKILL');
    }
  }
  expect((await served(answer)).json).toEqual({ rows: [{ key: null, value: 20_000 }] });
  const [child = 0] = children();
  process.kill(child, 'SIGKILL');
  expect((await query('by_n', 'stale=ok')).json).toEqual({ rows: [{ key: null, value: 20_000 }] });
});

test('a reduce function in JavaScript, over more rows than one call gets', async () => {
  await fill(3000, (n) => ({ n, group: n % 2 }));
  const reduce = 'function (keys, values, rereduce) { return rereduce ? sum(values) : values.length; }';
  await publish({ counted: { map: 'function (doc) { emit([doc.group, doc.n], 1); }', reduce } });
  expect((await query('counted')).json).toEqual({ rows: [{ key: null, value: 3000 }] });
  expect((await query('counted', 'group_level=1')).json).toEqual({
    rows: [0, 1].map((group) => ({ key: [group], value: 1500 })),
  });
  await publish({ looping: { map: 'function (doc) { emit(doc.n, 1); }', reduce: 'function () { for (;;) {} }' } }, 'e');
  const looping = await served(query('looping', '', 'e'));
  expect([looping.status, (looping.json as { reason: string }).reason]).toEqual([
    500,
    expect.stringContaining('reduce function took longer'),
  ]);
});

test('a built-in reduce that meets what is no number late is a failure of the whole answer', async () => {
  await fill(50_000, (n) => ({ n, value: n === 49_999 ? 'no number' : n }));
  await publish({ summed: { map: 'function (doc) { emit(doc.n, doc.value); }', reduce: '_sum' } });
  const answer = await served(query('summed'));
  expect([answer.status, (answer.json as { reason: string }).reason]).toEqual([
    500,
    'builtin _sum function requires map values to be numbers, got "no number"',
  ]);
});

test('each bucket has its process, which goes with the bucket, and with its last design document', async () => {
  await createBucket(server.ports.mgmt, 'second');
  const second = await KvClient.ready(server.ports.kv, 'second');
  await fill(3, (n) => ({ secret: n }));
  await fill(2, undefined, second);
  const views = {
    all: {
      map: 'function (doc, meta) { seen = (globalThis.seen || 0) + 1; emit(meta.id, [typeof doc.secret, seen]); }',
    },
  };
  await publish(views);
  await publish(views, 'd', 'second');
  await publish(views, 'e', 'second');
  await query('all');
  const rows = async (name: string) =>
    ((await query('all', 'stale=false', name, 'second')).json as { rows: { id: string; value: unknown[] }[] }).rows;
  // Documents come in the order of their vBuckets; what one view has seen are its own bucket's two.
  expect((await rows('d')).map(({ id }) => id)).toEqual(['d0', 'd1']);
  expect((await rows('d')).map(({ value }) => value.join()).sort()).toEqual(['undefined,1', 'undefined,2']);
  expect(await rows('e')).toEqual(await rows('d'));
  expect(children()).toHaveLength(2);
  await ask(server.ports.mgmt, 'DELETE', '/pools/default/buckets/second', { auth: administrator });
  await ask(server.ports.capi, 'DELETE', '/default/_design/d', { auth: administrator });
  for (let looks = 0; children().length > 0 && looks < 10_000; looks++)
    await client.call(packet(opcodes.noop)).catch(() => 0);
  expect(children()).toEqual([]);
  second.close();
});

test('documents left out are told in the log, once for an update, with the first of them', async () => {
  await fill(500);
  await publish({
    some: { map: 'function (doc) { if (doc.n % 5 === 0) throw new Error("five\\n" + doc.n); emit(doc.n, 1); }' },
  });
  expect((await query('some', 'stale=false&limit=0')).json).toEqual({ total_rows: 400, rows: [] });
  expect(server.log.filter((line) => line.includes('left out'))).toEqual([
    expect.stringMatching(/default\/_design\/d\/_view\/some: 100 documents left out, "d(\d+): Error: five\\n\1"/),
  ]);
});

test('changes are taken over one by one: set, deleted, expired, flushed', async () => {
  await fill(2000);
  await publish({ by_n: { map: 'function (doc, meta) { emit(doc.n, meta.id); }' } });
  const found = async () => {
    const { total_rows, rows } = (await query('by_n', 'stale=false&key=7')).json as {
      total_rows: number;
      rows: { id: string }[];
    };
    return [total_rows, rows.map(({ id }) => id).join(' ')];
  };
  expect(await found()).toEqual([2000, 'd7']);
  await client.call(packet(opcodes.set, { key: inDefault('d8'), value: '{"n":7}', extras: Buffer.alloc(8) }));
  await client.call(packet(opcodes.set, { key: inDefault('new'), value: '{"n":7}', extras: Buffer.alloc(8) }));
  expect(await found()).toEqual([2001, 'd7 d8 new']);
  for (let n = 0; n < 1990; n++) await client.call(packet(opcodes.delete, { key: inDefault(`d${n}`) }));
  expect(await found()).toEqual([11, 'new']);
  const over = Buffer.alloc(8);
  over.writeUInt32BE(1_600_000_000, 4);
  await client.call(packet(opcodes.set, { key: inDefault('new'), value: '{"n":7}', extras: over }));
  expect(await found()).toEqual([10, '']);
  const buckets = '/pools/default/buckets/default';
  await ask(server.ports.mgmt, 'POST', buckets, {
    auth: administrator,
    form: { ramQuotaMB: '300', flushEnabled: '1' },
  });
  expect((await ask(server.ports.mgmt, 'POST', `${buckets}/controller/doFlush`, { auth: administrator })).status).toBe(
    200,
  );
  expect(await found()).toEqual([0, '']);
  await fill(3, () => ({ n: 7 }));
  expect(await found()).toEqual([3, 'd0 d1 d2']);
});

test('a client that goes away, or reads nothing, holds up nobody', async () => {
  await fill(20_000, (n) => ({ n, text: 'x'.repeat(1000) }));
  await publish({ all: { map: 'function (doc) { emit(doc.n, doc.text); }' } });
  await query('all', 'stale=false&limit=1');
  const { request } = await import('node:http');
  const options = {
    host: '127.0.0.1',
    port: server.ports.capi,
    path: '/default/_design/d/_view/all?stale=ok',
    auth: administrator,
    agent: false,
  };
  for (let n = 0; n < viewLimits.cursors + 5; n++) {
    await new Promise<void>((resolve, reject) => {
      const outgoing = request(options, (incoming) => {
        incoming.once('readable', () => {
          outgoing.destroy();
          resolve();
        });
      });
      outgoing.on('error', reject).end();
    });
    expect(await query('all', 'stale=ok&limit=1')).toMatchObject({ status: 200, json: { total_rows: 20_000 } });
    expect((await ask(server.ports.capi, 'HEAD', options.path, { auth: administrator })).status).toBe(200);
    const impatient = request(options).on('error', () => undefined);
    await new Promise<void>((resolve) => impatient.end(resolve));
    impatient.destroy();
  }
  // That somebody has gone is known when the answer is to be sent, and their rows are let go then.
  await vi.waitFor(
    async () => {
      const { json } = await query('all', 'stale=ok&limit=2000');
      expect((json as { rows?: unknown[] }).rows).toHaveLength(2000);
    },
    { timeout: 30_000, interval: 100 },
  );
  expect(residentOf(server.pid)).toBeLessThan(serverBytes);
});

test('a client that goes away while its next page is being made leaves nothing in the process of views', async () => {
  await fill(20_000, (n) => ({ n, text: 'x'.repeat(1000) }));
  await publish({ all: { map: 'function (doc) { emit(doc.n, doc.text); }' } });
  await query('all', 'stale=false&limit=1');
  const { get } = await import('node:http');
  const options = {
    host: '127.0.0.1',
    port: server.ports.capi,
    path: '/default/_design/d/_view/all?stale=ok',
    auth: administrator,
  };
  const [child = 0] = children();
  const serverAnswers = () => ask(server.ports.mgmt, 'GET', '/pools', {});
  for (let n = 0; n < viewLimits.cursors + 1; n++) {
    await new Promise<void>((resolve, reject) => {
      const outgoing = get({ ...options, agent: false }, (incoming) => {
        incoming.once('data', () => process.kill(child, 'SIGSTOP'));
        // Everything made before is taken, so that the server has asked for the next page, and waits.
        let idle = setTimeout(gone, 1000);
        incoming.on('data', () => {
          clearTimeout(idle);
          idle = setTimeout(gone, 30);
        });
        function gone() {
          outgoing.destroy();
          resolve();
        }
      }).on('error', reject);
    });
    // The server has seen that the client is gone once it answers another one.
    await serverAnswers();
    process.kill(child, 'SIGCONT');
  }
  expect(await query('all', 'stale=ok&limit=1')).toMatchObject({ status: 200, json: { total_rows: 20_000 } });
  expect(children()).toEqual([child]);
});
