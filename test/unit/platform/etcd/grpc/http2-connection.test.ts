import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { gatewayConnection } from '#platform/etcd/gateway-connection.ts';
import { http2Connection } from '#platform/etcd/grpc/http2-connection.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';

let etcd: RealEtcd;
let endpoint: string;
beforeAll(async () => {
  etcd = await realEtcd();
  endpoint = etcd.endpoints[0] ?? '';
});
afterAll(() => etcd.stop());

function socket(of = endpoint) {
  const connection = http2Connection(of);
  onTestFinished(() => connection.close());
  return connection;
}

/** Bytes as the JSON gateway has them, and not what changes between two questions. */
function comparable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, field: unknown) => {
      if (['raftIndex', 'raftAppliedIndex', 'dbSize', 'dbSizeInUse'].includes(name)) return 'any';
      const { data } = (field ?? {}) as { data?: number[] };
      return Array.isArray(data) ? Buffer.from(data).toString('base64') : field;
    }),
  );
}

describe('one member over HTTP/2', () => {
  test('answers are those of the JSON gateway', async () => {
    const [ours, gateway] = [socket(), gatewayConnection(endpoint)];
    onTestFinished(() => gateway.close());
    const key = Buffer.from('/same/ü');
    const put = { key, value: Buffer.from('ä\0\n'), lease: '0', prev_kv: true };
    await ours.call('put', put, 10_000);
    const { ID } = (await ours.call('leaseGrant', { TTL: '600', ID: '1152921504606846977' }, 10_000)) as { ID: string };
    expect(ID).toBe('1152921504606846977');
    await ours.call('put', { ...put, lease: ID }, 10_000);
    const form = (request: object): object =>
      JSON.parse(
        JSON.stringify(request, (_, field: unknown) => {
          const { data } = (field ?? {}) as { data?: number[] };
          return Array.isArray(data) ? Buffer.from(data).toString('base64') : field;
        }),
      ) as object;
    const range = { key: Buffer.from('/same/'), range_end: Buffer.from('/same0') };
    const asked = [
      ['range', range],
      ['range', { ...range, limit: '1', keys_only: true, serializable: true }],
      ['range', { key: Buffer.from('/nothing') }],
      [
        'txn',
        {
          compare: [{ key, result: 0, target: 4, lease: '0' }],
          success: [],
          failure: [{ request_range: range }, { request_range: { key } }],
        },
      ],
      ['txn', { compare: [{ key, result: 1, target: 0, version: '0' }], success: [{ request_range: range }] }],
      ['deleteRange', { key: Buffer.from('/nothing') }],
      ['leaseTimeToLive', { ID, keys: true }],
      ['leaseTimeToLive', { ID: '7' }],
      ['status', {}],
    ] as const;
    for (const [method, request] of asked) {
      const [mine, theirs] = [
        await ours.call(method, request, 10_000),
        await gateway.call(method, form(request), 10_000),
      ];
      // Seconds that are left may tick between the two.
      const plain = (answer: unknown) => JSON.stringify(comparable(answer)).replace(/"TTL":"59\d"/, '"TTL":"59"');
      expect({ method, answer: JSON.parse(plain(mine)) as object }).toEqual({
        method,
        answer: JSON.parse(plain(theirs)) as object,
      });
    }
  });

  test("what etcd refuses has etcd's words", async () => {
    const of = socket();
    await expect(of.call('leaseRevoke', { ID: '4711' }, 10_000)).rejects.toMatchObject({ code: 'state.etcd-lease' });
    await expect(of.call('range', { key: Buffer.from('k'), revision: '999999' }, 10_000)).rejects.toMatchObject({
      code: 'internal.etcd',
      evidence: ['etcdserver: mvcc: required revision is a future revision'],
    });
    const big = { key: Buffer.from('big'), value: Buffer.alloc(1_700_000) };
    await expect(of.call('put', big, 10_000)).rejects.toMatchObject({ evidence: ['etcdserver: request is too large'] });
  });

  test('values of a megabyte go both ways, many at once', async () => {
    const of = socket();
    const values = Array.from({ length: 6 }, (_, i) => Buffer.alloc(1_000_000 + i, `${i}`));
    await Promise.all(values.map((value, i) => of.call('put', { key: Buffer.from(`/large/${i}`), value }, 30_000)));
    const answer = await of.call('range', { key: Buffer.from('/large/'), range_end: Buffer.from('/large0') }, 30_000);
    const { kvs } = answer as { kvs: { value: Buffer }[] };
    expect(kvs.map(({ value }, i) => value.equals(values[i] ?? Buffer.alloc(0)))).toEqual(values.map(() => true));
  });

  test('when etcd was killed what is asked then fails, and after its start the next question is answered', async () => {
    const own = await realEtcd();
    onTestFinished(() => own.stop());
    const of = socket(own.endpoints[0]);
    await of.call('status', {}, 10_000);
    await own.kill();
    // It may not have been seen yet that the connection has gone.
    const away = { code: expect.stringMatching(/^timeout\.etcd/) as string };
    await expect(of.call('status', {}, 10_000)).rejects.toMatchObject(away);
    await vi.waitFor(
      () => expect(of.call('status', {}, 10_000)).rejects.toMatchObject({ code: 'timeout.etcd-connect' }),
      { timeout: 30_000 },
    );
    await own.start();
    await vi.waitFor(() => of.call('status', {}, 10_000), { timeout: 30_000 });
  });

  test('a member that says nothing is given up in time, by its clients alone', async () => {
    const held: Socket[] = [];
    const silent = createServer((one) => void held.push(one.on('error', () => undefined))).listen(0, '127.0.0.1');
    onTestFinished(() => {
      for (const one of held) one.destroy();
      silent.close();
    });
    await new Promise((resolve) => silent.once('listening', resolve));
    const of = socket(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    await expect(of.call('status', {}, 200)).rejects.toMatchObject({ code: 'timeout.etcd' });
    held[0]?.destroy();
    await expect(of.call('status', {}, 10_000)).rejects.toMatchObject({ code: 'timeout.etcd' });
  });
});
