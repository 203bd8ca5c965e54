import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { gatewayStore } from '#platform/etcd/gateway-store.ts';
import { openEtcd } from '#platform/etcd/open-etcd.ts';
import type { EtcdStore, StoreEvent } from '#platform/etcd/store.ts';
import { realEtcd, type RealEtcd } from '../real-etcd.ts';
import { lines, listen } from './listen.ts';
import { http, startV2, type RunningV2 } from './start-v2.ts';

let etcd: RealEtcd;
let direct: string;
let ours: RunningV2;
beforeAll(async () => {
  etcd = await realEtcd();
  direct = etcd.endpoints[0] ?? '';
  ours = await startV2(direct);
});
afterAll(async () => {
  await ours.close();
  await etcd.stop();
});

const kinds: Record<string, () => EtcdStore> = {
  gRPC: () => openEtcd({ endpoints: [ours.url], timeoutMs: 60_000 }),
  'the JSON gateway': () => gatewayStore({ endpoints: [ours.url], timeoutMs: 60_000 }),
};

test.each(Object.keys(kinds))('v3 by %s goes through, watches too, beside v2', async (kind) => {
  const store = kinds[kind]!();
  onTestFinished(() => store.close());
  const root = `/${kind.replaceAll(' ', '-')}`;
  const events: StoreEvent[] = [];
  const watch = await store.watch(`${root}/`, { onEvent: (event) => events.push(event) });
  const heard = await listen(ours.url, `/v2/keys${encodeURI(root)}?wait=true&recursive=true&stream=true`);
  const big = 'x'.repeat(1_000_000);
  await store.put(`${root}/big`, big);
  expect((await store.get(`${root}/big`))?.value).toBe(big);
  await http(ours.url, 'PUT', `/v2/keys${encodeURI(root)}/k`, 'value=1');
  expect((await store.get(`${root}/k`))?.value).toBe('1');
  await vi.waitFor(() => expect(events.map(({ key }) => key)).toEqual([`${root}/big`, `${root}/k`]), {
    timeout: 30_000,
  });
  await vi.waitFor(() => expect(lines(heard)).toHaveLength(2), { timeout: 30_000 });
  await watch.close();
});

/** Watches of v3 that etcd has open. */
const watchers = async () =>
  Number(/^etcd_debugging_mvcc_watcher_total (\d+)$/m.exec(await (await fetch(`${direct}/metrics`)).text())?.[1]);

test('a watch of the gateway ends at etcd when its client hangs up', async () => {
  // Those of other tests end by themselves.
  await vi.waitFor(async () => expect(await watchers()).toBe(0), { timeout: 30_000 });
  const cut = new AbortController();
  const body = JSON.stringify({ create_request: { key: Buffer.from('/w').toString('base64') } });
  const answer = await fetch(`${ours.url}/v3/watch`, { method: 'POST', body, signal: cut.signal });
  expect(answer.headers.get('content-type')).toBe('application/json');
  await vi.waitFor(async () => expect(await watchers()).toBe(1), { timeout: 30_000 });
  cut.abort();
  await vi.waitFor(async () => expect(await watchers()).toBe(0), { timeout: 30_000 });
});

test('what is not of v2 is answered as etcd answers it', async () => {
  for (const [method, path] of [
    ['GET', '/health'],
    ['GET', '/version'],
    ['HEAD', '/version'],
    ['POST', '/health'],
    ['GET', '/nowhere'],
    ['GET', '/a//b'],
    ['POST', '/v3/kv/range'],
    ['POST', '/v3/nonsense'],
  ] as const) {
    const [mine, real] = await Promise.all([ours.url, direct].map((base) => http(base, method, path)));
    const told = (answer: typeof mine) => ({
      status: answer?.status,
      text: answer?.text,
      type: answer?.headers.get('content-type'),
    });
    expect({ path, ...told(mine) }).toEqual({ path, ...told(real) });
  }
  expect((await http(ours.url, 'GET', '/metrics')).text).toContain('etcd_server_has_leader 1');
});

test('one connection may ask for both', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const sockets = new Set<unknown>();
  const ask = (method: string, path: string, body?: string) =>
    new Promise<string>((resolve, reject) => {
      const req = request(`${ours.url}${path}`, { method, agent }, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        res.on('end', () => resolve(text));
      });
      req.on('socket', (socket) => sockets.add(socket));
      req.on('error', reject).end(body);
    });
  expect(await ask('GET', '/version')).toContain('etcdserver');
  expect(await ask('PUT', '/v2/keys/mixed?value=1')).toContain('"/mixed"');
  expect(
    await ask('POST', '/v3/kv/range', JSON.stringify({ key: Buffer.from('/mixed').toString('base64') })),
  ).toContain('"count":"1"');
  expect(await ask('GET', '/v2/keys/mixed')).toContain('"value":"1"');
  expect(sockets.size).toBe(1);
});

test.each(['GET', 'HEAD', 'DELETE', 'POST'])(
  'the body of a %s in chunks is not taken for the next request',
  async (method) => {
    const seen: (readonly [string | undefined, string])[] = [];
    const member = createServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text: string) => (body += text));
      req.on('end', () => {
        seen.push([req.url, body]);
        res.end();
      });
    }).listen(0, '127.0.0.1');
    await once(member, 'listening');
    onTestFinished(() => void member.close());
    const before = await startV2(`http://127.0.0.1:${(member.address() as AddressInfo).port}`);
    onTestFinished(() => before.close());
    const socket = connect(Number(new URL(before.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const chunk = 'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n';
    const head = `${method} /asked HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    socket.write(`${head}${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`);
    await once(socket.resume(), 'close');
    expect((await http(before.url, 'GET', '/next')).status).toBe(200);
    expect(seen).toEqual([
      ['/asked', chunk],
      ['/next', ''],
    ]);
  },
);

function open(): Promise<Socket> {
  const { hostname, port } = new URL(ours.url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  return once(socket, 'connect').then(() => socket);
}

/** HTTP/2's preface and an empty SETTINGS frame. */
const http2 = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

test.each([
  ['at once', [http2]],
  ['byte by byte', [...http2].map((byte) => Buffer.from([byte]))],
])('HTTP/2 is told by its first bytes, come they %s', async (_, pieces) => {
  const socket = await open();
  socket.setNoDelay(true);
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
  const [first] = (await once(socket, 'data')) as [Buffer];
  // A SETTINGS frame of etcd's: type 4 in stream 0.
  expect([first[3], first.readUInt32BE(5)]).toEqual([4, 0]);
});

test.each([
  ['PRIVATE /v2/keys HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 400'],
  ['PUT /v2/keys/p?value=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'HTTP/1.1 201'],
  ['\u0000\u0001\u0002', 'HTTP/1.1 400'],
])('%j is no HTTP/2', async (bytes, answer) => {
  const socket = await open();
  // The first letter by itself.
  await new Promise((resolve) => socket.write(bytes.slice(0, 1), resolve));
  socket.write(bytes.slice(1));
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString('latin1').slice(0, answer.length)).toBe(answer);
});

test('with etcd away v3 fails at once, and with the server closed it ends', async () => {
  const away = await startV2('http://127.0.0.1:1');
  onTestFinished(() => away.close());
  const { hostname, port } = new URL(away.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).write(http2);
  await once(socket, 'close');
  expect((await http(away.url, 'POST', '/v3/kv/range', '{}')).status).toBe(503);

  const own = await startV2(direct);
  const passed = connect(Number(new URL(own.url).port), '127.0.0.1');
  passed.on('error', () => undefined).write(http2);
  await once(passed, 'data');
  const ended = once(passed, 'close');
  await own.close();
  await ended;
});

test('more connections than may be open are closed, of either kind; one that ends makes room', async () => {
  const few = await startV2(direct, { connections: 2 });
  onTestFinished(() => few.close());
  const port = Number(new URL(few.url).port);
  const socket = () => {
    const one = connect(port, '127.0.0.1');
    onTestFinished(() => void one.destroy());
    one.on('error', () => undefined).write(http2);
    return one;
  };
  const held = [socket(), socket()];
  await Promise.all(held.map((one) => once(one, 'data')));
  await once(socket(), 'close');
  await expect(http(few.url, 'GET', '/v2/keys')).rejects.toThrow();
  held[0]?.destroy();
  await vi.waitFor(async () => expect((await http(few.url, 'GET', '/v2/keys')).status).toBe(200), { timeout: 30_000 });
});
