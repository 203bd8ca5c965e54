import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { counters, counterSet, statisticNames } from '#apps/couchbase/src/bucket/statistics/sample.ts';
import { countersOf } from '#apps/couchbase/src/kv/operation-counters.ts';
import { opcodes, subdocOpcodes } from '#apps/couchbase/src/wire/opcodes.ts';
import { statuses } from '#apps/couchbase/src/wire/status.ts';
import { inDefault, KvClient, packet } from '../support/kv-client.ts';
import { administrator, ask } from '../support/rest.ts';
import { startRunning, type Running } from '../support/running.ts';

let server: Running;
let client: KvClient;
beforeAll(async () => {
  server = await startRunning();
  client = await KvClient.ready(server.ports.kv);
});
afterAll(() => {
  client.close();
  server.stop();
});

const get = (path: string) =>
  ask(server.ports.mgmt, 'GET', `/pools/default/buckets/default${path}`, { auth: administrator });

interface All {
  readonly op: {
    readonly samples: Readonly<Record<string, readonly number[]>>;
    readonly samplesCount: number;
    readonly lastTStamp: number;
    readonly interval: number;
  };
}
const all = async (query = '') => ((await get(`/stats${query}`)).json as All).op;

/** What was counted so far; a second that has not ended yet is waited for. */
async function counted(expected: Readonly<Record<string, number>>): Promise<void> {
  await vi.waitFor(
    async () => {
      const { samples } = await all();
      const sums = Object.fromEntries(
        counters.map((name) => [name, (samples[name] ?? []).reduce((sum, value) => sum + value, 0)] as const),
      );
      expect(Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum > 0))).toEqual(expected);
    },
    { timeout: 30_000, interval: 100 },
  );
}

const four = Buffer.alloc(4);
const eight = Buffer.alloc(8);
const counting = Buffer.alloc(20);

test('each command is counted by what it is and how it ended', async () => {
  const key = inDefault('k');
  const stored = await client.call(packet(opcodes.set, { key, value: '1', extras: eight }));
  await client.call(packet(opcodes.set, { key: inDefault('json'), value: '{"n":1}', extras: eight }));
  const requests = [
    packet(opcodes.get, { key }),
    packet(opcodes.get, { key: inDefault('none') }),
    packet(opcodes.getAndTouch, { key, extras: four }),
    packet(opcodes.touch, { key, extras: four }),
    packet(opcodes.add, { key, value: '1', extras: eight }),
    packet(opcodes.replace, { key, value: '1', extras: eight, cas: stored.cas }),
    packet(opcodes.increment, { key, extras: counting }),
    packet(opcodes.decrement, { key: inDefault('new'), extras: Buffer.alloc(20, 0xff) }),
    packet(subdocOpcodes.exists, { key: inDefault('json'), value: 'n', extras: Buffer.from([0, 1, 0]) }),
    packet(subdocOpcodes.get, { key: inDefault('none'), value: 'n', extras: Buffer.from([0, 1, 0]) }),
    packet(subdocOpcodes.dictUpsert, { key: inDefault('json'), value: 'n2', extras: Buffer.from([0, 1, 0]) }),
    packet(opcodes.getLocked, { key: inDefault('json') }),
    // Refused, for the document is locked.
    packet(opcodes.set, { key: inDefault('json'), value: '1', extras: eight }),
    packet(opcodes.delete, { key: inDefault('none') }),
    packet(opcodes.delete, { key }),
    packet(opcodes.getMeta, { key }),
    // Neither of these is an operation on a document.
    packet(opcodes.noop),
    packet(opcodes.set, { key, value: '1' }),
  ];
  for (const request of requests) await client.call(request);
  await counted({
    cmd_get: 4,
    get_hits: 3,
    get_misses: 1,
    cmd_set: 7,
    cmd_lookup: 2,
    cas_badval: 1,
    incr_hits: 1,
    decr_misses: 1,
    delete_hits: 1,
    delete_misses: 1,
    ep_num_ops_get_meta: 1,
  });
});

// What a client is told of a lock depends on what it reads: the first, or only the second.
test.each(['locked', 'temporaryFailure', 'tooBig', 'subdocMultiPathFailure'] as const)(
  'a write that ends with %s counts as a write',
  (name) => {
    expect(countersOf(opcodes.set, statuses[name], false)).toEqual(counterSet('cmd_set'));
  },
);

describe('GET .../stats', () => {
  test('has a column of 60 seconds for each statistic', async () => {
    const { samples, ...frame } = await all();
    expect(frame).toEqual({
      samplesCount: 60,
      isPersistent: true,
      lastTStamp: samples['timestamp']?.at(-1),
      interval: 1000,
    });
    expect(Object.entries(samples).map(([name, list]) => `${name} ${list.length}`)).toEqual(
      ['timestamp', ...statisticNames].map((name) => `${name} 60`),
    );
  });

  test('curr_connections counts key-value connections', async () => {
    await vi.waitFor(async () => expect((await all()).samples['curr_connections']?.at(-1)).toBe(1), 30_000);
  });

  test('haveTStamp leaves out what the caller has', async () => {
    const { lastTStamp, samples } = await all();
    const later = await all(`?haveTStamp=${samples['timestamp']?.at(-4) ?? 0}`);
    expect(later.samplesCount).toBeGreaterThanOrEqual(3);
    expect(later.samplesCount).toBeLessThan(60);
    expect(later.samples['timestamp']).toContain(lastTStamp);
  });

  test.each([
    ['hour', 4000],
    ['year', 21_600_000],
  ])('zoom=%s has samples every %i ms', async (zoom, interval) => {
    expect(await all(`?zoom=${zoom}`)).toMatchObject({ interval });
  });

  test.each(['?zoom=decade', '?haveTStamp=soon'])('%s is 400 with the reason', async (query) => {
    const { status, json } = await get(`/stats${query}`);
    expect({ status, json }).toEqual({ status: 400, json: [expect.stringMatching(/must be/u)] });
  });
});

test('one statistic, by node', async () => {
  // A second may end between the two answers: then they are about other minutes, and are asked for again.
  await vi.waitFor(async () => {
    const { json } = await get('/stats/ops');
    const { samples } = await all();
    expect(json).toMatchObject({
      samplesCount: 60,
      interval: 1000,
      timestamp: samples['timestamp'],
      nodeStats: { [`127.0.0.1:${server.ports.mgmt}`]: samples['ops'] },
    });
  }, 30_000);
  expect((await get('/stats/none')).status).toBe(404);
});

test('the nodes of a bucket lead to their statistics', async () => {
  const { servers } = (await get('/nodes')).json as { servers: { hostname: string; stats: { uri: string } }[] };
  expect(servers.map(({ hostname }) => hostname)).toEqual([`127.0.0.1:${server.ports.mgmt}`]);
  const uri = servers[0]?.stats.uri ?? '';
  expect((await ask(server.ports.mgmt, 'GET', uri, { auth: administrator })).json).toMatchObject({
    op: { samplesCount: 60 },
  });
});
