import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { http, startV2, type RunningV2 } from './start-v2.ts';

const timeoutMs = 1500;
let etcd: RealEtcd;
/** Whose reads are answered from a copy of the store from the first one on. */
let servers: RunningV2[];
/** Of the first member, with less patience. */
let hasty: RunningV2;
beforeAll(async () => {
  etcd = await realEtcd({ members: 3, args: ['--heartbeat-interval', '100', '--election-timeout', '2000'] });
  const copy = { reads: 1, bytes: 1_000_000 };
  servers = await Promise.all(etcd.endpoints.map((endpoint) => startV2(endpoint, { copy })));
  hasty = await startV2(etcd.endpoints[0] ?? '', { timeoutMs });
});
afterAll(async () => {
  await Promise.all([hasty, ...servers].map((server) => server.close()));
  await etcd.stop();
});

const url = (member: number) => servers[member]?.url ?? '';
const nodeOf = (text: string) => (JSON.parse(text) as { node: { value: string; modifiedIndex: number } }).node;
const valueOf = (text: string) => nodeOf(text).value;
const modifiedOf = (text: string) => nodeOf(text).modifiedIndex;
const indexOf = (headers: Headers) => Number(headers.get('x-etcd-index'));

describe('three members', () => {
  test('what is written by one is read by every other at once, and indexes never run back', async () => {
    let last = 0;
    for (let i = 0; i < 30; i++) {
      const written = await http(url(i % 3), 'PUT', '/v2/keys/turn', `value=${i}`);
      const read = await http(url((i + 1) % 3), 'GET', '/v2/keys/turn');
      expect(read.text).toContain(`"value":"${i}"`);
      expect(indexOf(written.headers)).toBeGreaterThan(last);
      expect(indexOf(read.headers)).toBeGreaterThanOrEqual(indexOf(written.headers));
      last = indexOf(read.headers);
    }
  });

  test('many write and read at once: nobody reads less than was there when he asked', async () => {
    let newest = { index: 0, value: 0 };
    const writer = async (member: number) => {
      for (let i = 0; i < 40; i++) {
        const { headers, text } = await http(url(member), 'PUT', '/v2/keys/many', `value=${i}`);
        if (indexOf(headers) > newest.index) newest = { index: indexOf(headers), value: Number(valueOf(text)) };
      }
    };
    const reader = async (member: number) => {
      for (let i = 0; i < 60; i++) {
        const before = newest;
        const { status, headers, text } = await http(url((member + i) % 3), 'GET', '/v2/keys/many');
        expect(indexOf(headers)).toBeGreaterThanOrEqual(before.index);
        if (status === 404) expect(before.index).toBe(0);
        else expect(modifiedOf(text)).toBeGreaterThanOrEqual(before.index);
        if (status === 200 && modifiedOf(text) === before.index) expect(valueOf(text)).toBe(String(before.value));
        if (status === 200 && modifiedOf(text) > newest.index)
          newest = { index: modifiedOf(text), value: Number(valueOf(text)) };
      }
    };
    await Promise.all([0, 1, 2, 0, 1, 2].map((member, i) => (i < 2 ? writer(member) : reader(member))));
  });

  test('names in order are in the order of the writes, whoever makes them', async () => {
    const made = await Promise.all(
      Array.from({ length: 24 }, (_, i) => http(url(i % 3), 'POST', '/v2/keys/queue', `value=${i}`)),
    );
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
    const nodes = made.map(({ text }) => (JSON.parse(text) as { node: { key: string; modifiedIndex: number } }).node);
    expect(new Set(nodes.map(({ key }) => key)).size).toBe(24);
    const byName = [...nodes].sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(byName).toEqual([...nodes].sort((a, b) => a.modifiedIndex - b.modifiedIndex));
  });

  test('of many who create one key only one does', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) => http(url(i % 3), 'PUT', '/v2/keys/lock?prevExist=false', `value=${i}`)),
    );
    expect(made.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 11 }, () => 412)]);
  });
});

describe('without a quorum', () => {
  test('plain reads have the old value, everything else is error 300 in time; afterwards all is well', async () => {
    await http(hasty.url, 'PUT', '/v2/keys/old', 'value=kept');
    await http(hasty.url, 'PUT', '/v2/keys/timed', 'value=kept&ttl=600');
    await Promise.all([etcd.kill(1), etcd.kill(2)]);
    const raftError = {
      errorCode: 300,
      message: 'Raft Internal Error',
      cause: 'etcdserver: request timed out',
      index: 0,
    };
    const asked: readonly (readonly [string, string, string?])[] = [
      ['PUT', '/v2/keys/old', 'value=new'],
      ['PUT', '/v2/keys/old', 'value=new&ttl=5'],
      ['POST', '/v2/keys/queue', 'value=1'],
      ['DELETE', '/v2/keys/old'],
      ['GET', '/v2/keys/old?quorum=true'],
    ];
    // In front of the same member, with patience for longer than etcd itself has: what does not wait is answered before this one is.
    let isStillAsked = true;
    const patient = http(url(0), 'PUT', '/v2/keys/patient', 'value=1').finally(() => (isStillAsked = false));
    const read = await http(hasty.url, 'GET', '/v2/keys/old');
    expect(read.status).toBe(200);
    expect(read.text).toContain('"value":"kept"');
    // How long it still lives is known to a leader only, and is not waited for.
    const timed = await http(hasty.url, 'GET', '/v2/keys/timed');
    expect(timed.text).toContain('"value":"kept"');
    const answers = await Promise.all(asked.map(([method, path, body]) => http(hasty.url, method, path, body)));
    expect(isStillAsked).toBe(true);
    for (const { status, text } of answers) expect([status, JSON.parse(text)]).toEqual([500, raftError]);
    await patient;
    // Once the member knows that there is no leader, a read waits for nothing: not for the 4 s that this one would give a leader.
    await vi.waitFor(
      async () => {
        const before = performance.now();
        expect((await http(url(0), 'GET', '/v2/keys?recursive=true')).text).toContain('kept');
        expect(performance.now() - before).toBeLessThan(2_000);
      },
      { timeout: 60_000, interval: 100 },
    );
    expect((await http(hasty.url, 'GET', '/health')).status).toBe(503);

    // What was refused in time may yet be carried out, as with etcd itself: of /old a watch could hear that.
    const told = http(hasty.url, 'GET', '/v2/keys/after?wait=true');
    await Promise.all([etcd.start(1), etcd.start(2)]);
    await vi.waitFor(
      async () => expect((await http(hasty.url, 'PUT', '/v2/keys/after', 'value=again')).status).toBeLessThan(300),
      {
        timeout: 30_000,
      },
    );
    expect((await told).text).toContain('"value":"again"');
  });

  test('a member that is not there at all is error 300, too', async () => {
    const away = await startV2('http://127.0.0.1:1', { timeoutMs });
    const { status, text } = await http(away.url, 'GET', '/v2/keys/x');
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ errorCode: 300, message: 'Raft Internal Error' });
    expect((await http(away.url, 'GET', '/health')).status).toBe(503);
    await away.close();
  });
});
