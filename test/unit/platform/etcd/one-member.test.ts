import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAnswer } from '#platform/etcd/gateway-connection.ts';
import { oneMember } from '#platform/etcd/one-member.ts';
import { realEtcd, type RealEtcd } from './real-etcd.ts';

const withinMs = 20_000;

describe('one member of three, asked by itself', () => {
  let cluster: RealEtcd;
  beforeAll(async () => void (cluster = await realEtcd({ members: 3 })));
  afterAll(() => cluster.stop());
  const at = (index: number) => oneMember(cluster.endpoints[index] ?? '');

  it('tells who the members are, who leads, and that it is healthy', async () => {
    const [listed, ...states] = await Promise.all([
      at(0).members(withinMs),
      ...[0, 1, 2].map((index) => at(index).status(withinMs)),
    ]);
    const ids = states.map((status) => (status.ok ? status.value.id : status.error));
    expect(listed.ok && listed.value.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(listed.ok && listed.value.map(({ name }) => name).sort()).toEqual(['m0', 'm1', 'm2']);
    const leaders = new Set(states.map((status) => (status.ok ? status.value.leader : status.error)));
    expect(leaders.size).toBe(1);
    expect(ids).toContain([...leaders][0]);
    expect(await at(1).healthy(withinMs)).toBe(true);
  });

  it('stores under a lease, reads a key or a prefix, and tells the time that is left', async () => {
    const member = at(2);
    const granted = await member.grant(300, withinMs);
    if (!granted.ok) throw new Error(granted.error);
    expect(await member.put('/x/ü', 'wért', granted.value.id, withinMs)).toMatchObject({ ok: true });
    expect(await member.put('/x/2', '', undefined, withinMs)).toMatchObject({ ok: true });
    const all = await at(0).range('/x/', { prefix: true }, withinMs);
    expect(all.ok && all.value.items.map(({ key, value }) => [key, value])).toEqual([
      ['/x/2', ''],
      ['/x/ü', 'wért'],
    ]);
    const left = await member.leaseSeconds(granted.value.id, withinMs);
    expect(left.ok && left.value).toBeGreaterThan(200);
    expect(await member.leaseSeconds('12345', withinMs)).toMatchObject({ ok: true, value: -1 });
  });

  it('refuses in etcd’s own words, with the code that says what kind of failure it is', async () => {
    expect(await at(0).put('/x/3', 'v', '12345', withinMs)).toMatchObject({
      ok: false,
      code: 'state.etcd-lease',
      error: 'etcdserver: requested lease not found',
    });
    expect(await at(0).removeMember('12345', withinMs)).toMatchObject({
      ok: false,
      code: 'internal.etcd',
      error: 'etcdserver: member not found',
    });
  });

  it('without a quorum answers from its own copy alone, and is not healthy', async () => {
    await Promise.all([cluster.kill(0), cluster.kill(1)]);
    const member = at(2);
    expect(await member.healthy(2_000)).toBe(false);
    expect(await member.range('/x/2', {}, 1_500)).toMatchObject({ ok: false, code: 'timeout.etcd' });
    expect(await member.range('/x/2', { stale: true }, withinMs)).toMatchObject({ ok: true });
    expect(await member.members(withinMs)).toMatchObject({ ok: true });
    const dead = await at(0).status(withinMs);
    expect(dead).toMatchObject({ ok: false, code: 'timeout.etcd-connect' });
    expect(dead.ok ? '' : dead.error).toContain('ECONNREFUSED');
  });
});

it.each([
  ['stops', 500, 'no answer within', () => undefined],
  ['breaks off', withinMs, 'aborted', (res: ServerResponse) => void setImmediate(() => res.destroy())],
])('an answer that %s in the middle is no answer', async (_, patienceMs, reason, then) => {
  const server = createServer((_, res) => {
    res.writeHead(200, { 'content-length': 100 });
    res.write('{"kvs":[', () => then(res));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const range = await oneMember(`http://127.0.0.1:${port}`).range('/x', {}, patienceMs);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(range).toMatchObject({ ok: false, code: 'timeout.etcd', error: expect.stringContaining(reason) as string });
});

it('a member that takes the question and never answers is given up at the deadline', async () => {
  const server = createServer(() => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const member = oneMember(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    let isStillAsked = true;
    const patient = member.members(30_000).finally(() => (isStillAsked = false));
    const answer = await member.members(1_000);
    expect(answer).toMatchObject({ ok: false, code: 'timeout.etcd', error: 'no answer within 1000 ms' });
    // Not any deadline: its own. Another question goes on.
    expect([answer.tookMs >= 999, isStillAsked]).toEqual([true, true]);
    expect(await member.healthy(150)).toBe(false);
    server.closeAllConnections();
    await patient;
    member.close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe('an answer', () => {
  const code = (text: string) => {
    const answer = readAnswer(text, 'http://x', 'range');
    return 'failure' in answer ? [answer.failure.code, answer.failure.evidence[0]] : answer.message;
  };

  it('is an error when it says so, in either of the gateway’s shapes', () => {
    const late = 'etcdserver: request timed out';
    expect(code(`{"error":"${late}","code":14}`)).toEqual(['timeout.etcd', late]);
    expect(code('{"error":{"message":"no leader","grpc_code":14}}')).toEqual(['timeout.etcd', 'no leader']);
    expect(code('{"error":{"message":"no leader"}}')).toEqual(['internal.etcd', 'no leader']);
  });

  it.each(['<html>', '', 'null', '[]', '7', '"text"'])('is refused when it is no JSON object: %s', (text) => {
    expect(code(text)).toEqual(['internal.etcd', `not a JSON object: ${text}`]);
  });

  it('is what it holds, and of a stream what is wrapped', () => {
    expect(code('{"kvs":[]}')).toEqual({ kvs: [] });
    expect(code('{"result":{"created":true}}')).toEqual({ created: true });
  });
});
