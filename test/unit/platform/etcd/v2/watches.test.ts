import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore } from '#platform/etcd/store.ts';
import { ours as etcdctl } from '../../etcdctl/ours.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { lines, listen, toEnd, type Heard } from './listen.ts';
import { http, startV2, type RunningV2 } from './start-v2.ts';

let etcd: RealEtcd;
let ours: RunningV2;
let theirs: string;
let store: EtcdStore;
beforeAll(async () => {
  etcd = await realEtcd({ args: ['--enable-v2=true'] });
  theirs = etcd.endpoints[0] ?? '';
  ours = await startV2(theirs);
  store = openEtcd({ endpoints: etcd.endpoints });
});
afterAll(async () => {
  await store.close();
  await ours.close();
  await etcd.stop();
});

const plain = (text: string) =>
  text
    .replace(/"(modifiedIndex|createdIndex)":\d+/g, '"$1":0')
    .replace(/"expiration":"[^"]*",?/g, '')
    .replace(/"ttl":\d+,?/g, '');
const watchers = async () =>
  (JSON.parse((await http(ours.url, 'GET', '/v2/stats/store')).text) as { watchers: number }).watchers;
const put = (path: string, body: string) => http(ours.url, 'PUT', `/v2/keys${path}`, body);
const indexOf = (text: string) => (JSON.parse(text) as { node: { modifiedIndex: number } }).node.modifiedIndex;

/** Changes in order, and the last one ends the stream's test. */
const script: readonly (readonly [string, string, string?])[] = [
  ['PUT', '/a', 'value=1'], ['PUT', '/a', 'value=1'], ['PUT', '/a?prevExist=true', 'value=2'], ['PUT', '/a?prevValue=2', 'value=3'], ['PUT', '/b?prevExist=false', 'value=1'], ['PUT', '/b', 'value=1&ttl=90'], ['PUT', '/b', 'refresh=true&ttl=90'], ['PUT', '/b', 'refresh=true&ttl=80'], ['DELETE', '/b'], ['DELETE', '/a?prevValue=3'],
  ['PUT', '/d', 'dir=true'], ['PUT', '/d/e/f', 'value=1'], ['PUT', '/d/e/f', 'value=2&ttl=90'], ['PUT', '/d?prevExist=true', 'dir=true'], ['PUT', '/d/_hidden', 'value=1'], ['PUT', '/d/_h/x', 'value=1'], ['DELETE', '/d?recursive=true'], ['PUT', '/x/y/z?prevExist=false', 'dir=true'], ['DELETE', '/x/y/z?dir=true'], ['PUT', '/f', 'value=1'], ['PUT', '/f', 'dir=true'],
  ['PUT', '/i/j', 'value=1'], ['DELETE', '/i?recursive=true'], ['PUT', '/end', 'value=1'],
]; // prettier-ignore

describe('a watch', () => {
  test.each([
    ['of all in a directory', '?recursive=true'],
    ['of one key', '/a?'],
    ['of a directory alone', '/d?'],
    ['of a key in a directory that goes whole', '/d/e/f?'],
    ['of nothing in a directory that goes whole', '/d/e/nothing?'],
    ['of a directory in a directory that goes whole', '/d/e?'],
    ['of a hidden key', '/d/_hidden?'],
    ['of a hidden directory', '/d/_h?recursive=true'],
  ])('%s tells what etcd 3.4 tells', async (name, watched) => {
    const root = `/${name.replaceAll(' ', '-')}`;
    const heard = await Promise.all(
      [ours.url, theirs].map(async (base) => {
        const [path = '', query = ''] = watched.split('?');
        await http(base, 'PUT', `/v2/keys${root}/before`, 'value=1');
        const stream = await listen(base, `/v2/keys${root}${path}?${query}&wait=true&stream=true`);
        const end = await listen(base, `/v2/keys${root}/end?wait=true`);
        for (const [method, key, body] of script) await http(base, method, `/v2/keys${root}${key}`, body);
        await toEnd(end);
        // What a stream is told comes in the order of the changes: another change of what it watches comes last.
        await http(base, 'PUT', `/v2/keys${root}${path}/last`, 'value=last');
        return stream;
      }),
    );
    const [mine, real] = heard.map((stream) => () => plain(stream.text).split('\n'));
    // etcd tells a stream twice that the key it watches is gone.
    const once = (told: string[] = []) => told.filter((line, i) => line === '' || line !== told[i - 1]);
    await vi.waitFor(() => expect(mine?.()).toEqual(once(real?.())), { timeout: 30_000 });
    expect(heard[0]?.headers['transfer-encoding']).toBe('chunked');
    expect(heard[0]?.headers['x-etcd-index']).toMatch(/^\d+$/);
    heard.forEach((stream) => stream.hangUp());
  });

  test('ends with the first change; the next one goes on after it without a gap', async () => {
    const first = await listen(ours.url, '/v2/keys/gap?wait=true&recursive=true');
    const written = [];
    for (const value of ['1', '2', '3', '4'])
      written.push(indexOf((await put(`/gap/k${value}`, `value=${value}`)).text));
    await toEnd(first);
    const seen = [indexOf(first.text)];
    for (let left = 3; left > 0; left--) {
      const next = await listen(ours.url, `/v2/keys/gap?wait=true&recursive=true&waitIndex=${(seen.at(-1) ?? 0) + 1}`);
      await toEnd(next);
      seen.push(indexOf(next.text));
    }
    expect(seen).toEqual(written);
  });

  test('wants older history than another that waits: both are told, none twice', async () => {
    const old = indexOf((await put('/both/k', 'value=1')).text);
    const stream = await listen(ours.url, '/v2/keys/both?wait=true&recursive=true&stream=true');
    await put('/both/k', 'value=2');
    await vi.waitFor(() => expect(lines(stream)).toHaveLength(1), 30_000);
    const late = await listen(ours.url, `/v2/keys/both/k?wait=true&waitIndex=${old}`);
    await toEnd(late);
    expect(late.text).toContain('"value":"1"');
    await put('/both/k', 'value=3');
    await vi.waitFor(() => expect(lines(stream)).toHaveLength(2), 30_000);
    expect(lines(stream).map((line) => /"node":\{"key":"[^"]*","value":"(\d)"/.exec(line)?.[1])).toEqual(['2', '3']);
  });

  test('of an index to come waits for it', async () => {
    const now = indexOf((await put('/future/k', 'value=0')).text);
    const heard = await listen(ours.url, `/v2/keys/future/k?wait=true&waitIndex=${now + 3}`);
    for (const value of [1, 2, 3]) await put('/future/k', `value=${value}`);
    await toEnd(heard);
    expect(heard.text).toContain('"value":"3"');
  });

  test('of history that was compacted is error 401, and hurts nobody else', async () => {
    // What is still kept for others that wait would be told.
    await vi.waitFor(async () => expect(await watchers()).toBe(0), { timeout: 30_000 });
    const old = indexOf((await put('/gone/k', 'value=1')).text);
    const now = indexOf((await put('/gone/k', 'value=2')).text);
    const stream = await listen(ours.url, '/v2/keys/gone?wait=true&recursive=true&stream=true');
    const compact = await fetch(`${theirs}/v3/kv/compaction`, {
      method: 'POST',
      body: JSON.stringify({ revision: String(now), physical: true }),
    });
    expect(compact.ok).toBe(true);
    const refused = await http(ours.url, 'GET', `/v2/keys/gone/k?wait=true&waitIndex=${old}`);
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text)).toMatchObject({
      errorCode: 401,
      message: 'The event in requested index is outdated and cleared',
      cause: `the requested history has been cleared [${now}/${old}]`,
    });
    await put('/gone/k', 'value=3');
    await vi.waitFor(() => expect(lines(stream)).toHaveLength(1), { timeout: 30_000 });
  });

  test('frees its place when the client hangs up', async () => {
    // Those of other tests end by themselves.
    await vi.waitFor(async () => expect(await watchers()).toBe(0), { timeout: 30_000 });
    const waiting = await Promise.all(
      Array.from({ length: 20 }, (_, i) => listen(ours.url, `/v2/keys/hang/${i}?wait=true`)),
    );
    expect(await watchers()).toBe(20);
    waiting.forEach((heard) => heard.hangUp());
    await vi.waitFor(async () => expect(await watchers()).toBe(0), { timeout: 30_000 });
  });
});

test('more watches than may be open are refused; one that ends makes room', async () => {
  const few = await startV2(theirs, { watches: 2 });
  onTestFinished(() => few.close());
  const open = await Promise.all(['a', 'b'].map((key) => listen(few.url, `/v2/keys/few/${key}?wait=true`)));
  const refused = await http(few.url, 'GET', '/v2/keys/few/c?wait=true');
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    500,
    { errorCode: 300, message: 'Raft Internal Error', cause: 'too many open watches: 2', index: 0 },
  ]);
  open[0]?.hangUp();
  await vi.waitFor(async () => {
    const heard = await listen(few.url, '/v2/keys/few/c?wait=true');
    expect(heard.status).toBe(200);
  }, 30_000);
});

describe('what a watch says was done', () => {
  const actions = (heard: Heard) =>
    lines(heard).map((line) => /"action":"(\w+)","node":\{"key":"([^"]*)"/.exec(line)?.slice(1, 3).join(' '));

  test('expire, not before the end of the time to live; delete, when a key with one is removed', async () => {
    const heard = await listen(ours.url, '/v2/keys/ttl?wait=true&recursive=true&stream=true');
    const began = performance.now();
    await put('/ttl/gone', 'value=1&ttl=3');
    await put('/ttl/removed', 'value=1&ttl=60');
    await http(ours.url, 'DELETE', '/v2/keys/ttl/removed');
    await vi.waitFor(() => expect(lines(heard)).toHaveLength(4), { timeout: 30_000, interval: 20 });
    const took = performance.now() - began;
    expect(actions(heard)).toEqual(['set /ttl/gone', 'set /ttl/removed', 'delete /ttl/removed', 'expire /ttl/gone']);
    expect(lines(heard)[3]).toMatch(
      /^\{"action":"expire","node":\{"key":"\/ttl\/gone","modifiedIndex":\d+,"createdIndex":\d+\},"prevNode":\{"key":"\/ttl\/gone","value":"1",/,
    );
    expect(took).toBeGreaterThan(2900);
  });

  test('of what etcdctl does, the same words; a directory that it removes is one change', async () => {
    const heard = await listen(ours.url, '/v2/keys/ctl?wait=true&recursive=true&stream=true');
    const told = [
      'mk /ctl/a 1',
      'update /ctl/a 2',
      'set --swap-with-value 2 /ctl/a 3',
      'rm --with-value 3 /ctl/a',
      'set /ctl/d/k 1',
      'set /ctl/d/l 1 --ttl 60',
      'rm -r /ctl/d',
      'mkdir /ctl/e',
      'rmdir /ctl/e',
    ];
    for (const line of told) expect((await etcdctl(line.split(' '), etcd.endpoints)).code).toBe(0);
    await vi.waitFor(() => expect(lines(heard)).toHaveLength(9), { timeout: 30_000 });
    expect(actions(heard)).toEqual([
      'create /ctl/a', 'update /ctl/a', 'compareAndSwap /ctl/a', 'compareAndDelete /ctl/a', 'set /ctl/d/k', 'set /ctl/d/l', 'delete /ctl/d', 'create /ctl/e', 'delete /ctl/e',
    ]); // prettier-ignore
  });

  test('of what v3 clients do: set and delete, also of a lease that is revoked before its time', async () => {
    const heard = await listen(ours.url, '/v2/keys/v3?wait=true&recursive=true&stream=true');
    const lease = await store.grantOnce(60);
    await store.put('/v3/leased', '1', lease);
    await store.put('/v3/plain', '1');
    await store.delete('/v3/plain');
    await vi.waitFor(() => expect(lines(heard)).toHaveLength(3), { timeout: 30_000 });
    await store.revokeLease(lease);
    await vi.waitFor(() => expect(lines(heard)).toHaveLength(4), { timeout: 30_000 });
    expect(actions(heard)).toEqual(['set /v3/leased', 'set /v3/plain', 'delete /v3/plain', 'delete /v3/leased']);
  });

  test('nothing of a refresh, to our etcdctl neither', async () => {
    await put('/fresh/k', 'value=1&ttl=60');
    const heard = await listen(ours.url, '/v2/keys/fresh?wait=true&recursive=true&stream=true');
    const refreshed = await put('/fresh/k', 'refresh=true&ttl=50');
    expect(JSON.parse(refreshed.text)).toMatchObject({ action: 'set', node: { value: '1', ttl: 50 } });
    const told = etcdctl(
      ['-o', 'json', 'watch', '--after-index', String(indexOf(refreshed.text) - 1), '/fresh/k'],
      etcd.endpoints,
    );
    await put('/fresh/k', 'value=2');
    await vi.waitFor(() => expect(lines(heard)).toHaveLength(1), { timeout: 30_000 });
    expect(lines(heard)[0]).toContain('"value":"2"');
    expect((await told).stdout).toContain('"value":"2"');
  });
});

describe('the one v3 watch behind them', () => {
  /** Watches of v3 that etcd has open. */
  const ofV3 = async (endpoint: string) =>
    Number(/^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec(await (await fetch(`${endpoint}/metrics`)).text())?.[1]);

  test('is open while somebody waits, however many do', async () => {
    const own = await realEtcd();
    onTestFinished(() => own.stop());
    const [endpoint = ''] = own.endpoints;
    const v2 = await startV2(endpoint);
    onTestFinished(() => v2.close());
    await http(v2.url, 'PUT', '/v2/keys/k', 'value=1');
    expect(await ofV3(endpoint)).toBe(0);
    const waiting = await Promise.all(
      Array.from({ length: 10 }, (_, i) => listen(v2.url, `/v2/keys/${i}?wait=true&recursive=true`)),
    );
    await vi.waitFor(async () => expect(await ofV3(endpoint)).toBe(1), { timeout: 30_000 });
    waiting.forEach((heard) => heard.hangUp());
    await vi.waitFor(async () => expect(await ofV3(endpoint)).toBe(0), { timeout: 30_000 });
  });

  test('goes on where it was after etcd was killed: nothing is lost or told twice', async () => {
    const own = await realEtcd();
    onTestFinished(() => own.stop());
    const [endpoint = ''] = own.endpoints;
    const v2 = await startV2(endpoint);
    onTestFinished(() => v2.close());
    const stream = await listen(v2.url, '/v2/keys/k?wait=true&stream=true');
    const other = openEtcd({ endpoints: own.endpoints });
    onTestFinished(() => other.close());
    await other.put('/k', '1');
    await vi.waitFor(() => expect(lines(stream)).toHaveLength(1), { timeout: 30_000 });
    for (const value of ['2', '3']) {
      await own.kill();
      await own.start();
      await vi.waitFor(() => other.put('/k', value), { timeout: 30_000 });
    }
    await vi.waitFor(() => expect(lines(stream)).toHaveLength(3), { timeout: 30_000 });
    const values = lines(stream).map((line) => /"node":\{"key":"\/k","value":"(\d)"/.exec(line)?.[1]);
    expect(values).toEqual(['1', '2', '3']);
  });
});
