import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { besideEtcd } from './beside-etcd.ts';
import { http } from './start-v2.ts';

const { etcd, ours } = besideEtcd();

/** What comes back for these bytes until the other side closes. */
function say(base: string, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    // A server that refuses a long head need not read it to its end: writing may fail, and what it said counts.
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });
}

/** Status line, body and where to; other headers differ between two HTTP libraries. */
function essence(text: string): string[] {
  const [head = '', ...body] = text.split('\r\n\r\n');
  const plain = body.join('\r\n\r\n').replace(/"(modifiedIndex|createdIndex|index)":\d+/g, '"$1":0');
  const location = /^location: (.*)$/im.exec(head)?.[1] ?? '';
  return [head.split('\r\n')[0]?.replace(/^HTTP\/1\.[01]/, 'HTTP') ?? '', plain, location];
}

const request = (line: string, headers: readonly string[] = []) =>
  [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n');

describe('bytes on the wire', () => {
  test.each<[bytes: string]>([
    ['GET /v2/keys/nothing HTTP/1.0\r\n\r\n'],
    ['HEAD /v2/keys/nothing HTTP/1.0\r\n\r\n'],
    [request('GET /v2/keys/a/../b')],
    [request('GET /v2/keys/a/%2e%2e/b')],
    [request('GET /v2/keys/../../etc/passwd')],
    [request('GET /v2/keys/a//b?recursive=true&x=<')],
    [request('GET /v2/keys/a/./b/')],
    [request('GET /v2/keys//a?')],
    [request('PUT /v2/keys//a?&')],
    [request(`GET /v2/keys//a'()*!~$&+,:;=@%23%3F%25%ff%C3%BC"<>|^{}[]\\`)],
    [request('GET /v2/keys/%zz')],
    [request('GET /v2/keys/%C3%BC')],
    [request('PUT /v2/keys/form', ['Content-Type: application/json', 'Content-Length: 11']) + '{"value":1}'],
    [request('PUT /v2/keys/form', ['Content-Length: 7']) + 'value=1'],
    [request('PUT /v2/keys/form', ['Content-Type: a/b/c', 'Content-Length: 7']) + 'value=1'],
    [request('PUT /v2/keys/form', ['Content-Type: text', 'Content-Length: 7']) + 'value=1'],
    [request('PUT /v2/keys/form', ['Content-Type: x y', 'Content-Length: 7']) + 'value=1'],
    [request('PUT /v2/keys/form', ['Content-Type: a/', 'Content-Length: 7']) + 'value=1'],
    [
      request('PUT /v2/keys/form', [
        'Content-Type: application/x-www-form-urlencoded;charset=UTF-8',
        'Content-Length: 7',
      ]) + 'value=1',
    ],
    [
      request('DELETE /v2/keys/form', ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 11']) +
        'prevValue=9',
    ],
    [request('GET /v2/keys/form', [`X-Long: ${'x'.repeat(100_000)}`])],
    ...[
      'text/plain; charset',
      'application/x-www-form-urlencoded;;',
      'text/plain;',
      'a/b; c="d;e"; f=g ;',
      'a/b; c=',
      'a/b c; d',
    ].map((type): [string] => [
      request('PUT /v2/keys/form', [`Content-Type: ${type}`, 'Content-Length: 7']) + 'value=1',
    ]),
    [request('OPTIONS /v2/keys/form')],
    [request('OPTIONS /v2/keys/%zz')],
    [request('TRACE /v2/keys/form')],
    [request('GET http://x/v2/keys/nothing')],
    [request('GET http://evil.example:99/v2/keys/nothing?recursive=true')],
    [request('OPTIONS *')],
    ['GET /v2/keys/nothing HTTP/1.1\r\n\r\n'],
    [request('GET /v2/keys/nothing', ['Host: y'])],
    ['GET /v2/keys/nothing HTTP/2.0\r\nHost: x\r\n\r\n'],
    ['GET /v2/keys/nothing\r\n\r\n'],
    [request('GET /v2/keys/nothing', ['X-A: b\0c'])],
    [request('GET /v2/keys/nothing', ['X A: b'])],
    [request('GET /v2/keys/nothing', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'])],
    [request('PUT /v2/keys/form', ['Content-Length: -1']) + 'value=1'],
    [request('PUT /v2/keys/form', ['Content-Length: 7', 'Content-Length: 8']) + 'value=1'],
    [request('PUT /v2/keys/form', ['Content-Length: 7', 'Expect: 200-maybe']) + 'value=1'],
    [
      request('PUT /v2/keys/form', ['Content-Type: application/x-www-form-urlencoded', 'Transfer-Encoding: chunked']) +
        '3;a=b\r\nval\r\n4\r\nue=1\r\n0\r\nX-T: v\r\n\r\n',
    ],
  ])('%j', async (bytes) => {
    const raw = Buffer.from(bytes, 'latin1');
    expect(essence(await say(ours.url, raw))).toEqual(essence(await say(etcd.endpoints[0] ?? '', raw)));
  });

  test('requests that do not wait for answers are carried out in their order', async () => {
    const form = 'Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nvalue=';
    const rounds = Array.from(
      { length: 30 },
      (_, i) =>
        `PUT /v2/keys/line/a HTTP/1.1\r\n${form}${i % 10}GET /v2/keys/line/a HTTP/1.1\r\nHost: x\r\n\r\n` +
        'DELETE /v2/keys/line/a HTTP/1.1\r\nHost: x\r\n\r\nGET /v2/keys/line/a HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    const bytes = rounds.join('') + request('GET /v2/keys/line/none');
    const said = async (base: string) =>
      (await say(base, bytes)).split('HTTP/1.1 ').map((one) => essence(`HTTP/1.1 ${one}`).slice(0, 2));
    const [mine, real] = await Promise.all([said(ours.url), said(etcd.endpoints[0] ?? '')]);
    expect(mine).toHaveLength(122);
    expect(mine).toEqual(real);
  });

  test('a body is asked for when its client waits for that', async () => {
    const head = request('PUT /v2/keys/expected', [
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 7',
      'Expect: 100-continue',
    ]);
    const { hostname, port } = new URL(ours.url);
    const text = await new Promise<string>((resolve, reject) => {
      let all = '';
      const socket = connect(Number(port), hostname, () => socket.write(head));
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        if (all === '' && chunk.startsWith('HTTP/1.1 100 Continue')) socket.write('value=1');
        all += chunk;
      });
      socket.on('error', reject).on('close', () => resolve(all));
    });
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 Created\r\n/);
  });

  test('CONNECT is nothing that is here', async () => {
    expect(essence(await say(ours.url, 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n')).slice(0, 2)).toEqual([
      'HTTP 404 Not Found',
      '404 page not found\n',
    ]);
  });

  test('a value that etcd cannot take is refused, and nothing is written', async () => {
    const { status, text } = await http(ours.url, 'PUT', '/v2/keys/big', `value=${'x'.repeat(1_600_000)}`);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      errorCode: 210,
      message: 'Invalid POST form',
      cause: 'http: POST too large',
      index: 0,
    });
    expect((await http(ours.url, 'GET', '/v2/keys/big')).status).toBe(404);
    const most = 'y'.repeat(1_500_000);
    for (const i of [1, 2, 3, 4])
      expect((await http(ours.url, 'PUT', `/v2/keys/bigs/${i}`, `value=${most}`)).status).toBe(201);
    expect((await http(ours.url, 'GET', '/v2/keys/bigs/1')).text).toContain(most);
    expect((await http(ours.url, 'GET', '/v2/keys/bigs')).text.split(most)).toHaveLength(5);
  });

  test('a key with more parts than a transaction has room for is refused; the longest below that works', async () => {
    const key = (parts: number) => `/v2/keys${'/p'.repeat(parts)}`;
    expect((await http(ours.url, 'PUT', key(300), 'value=1')).status).toBe(400);
    expect((await http(ours.url, 'PUT', key(38), 'value=1&ttl=90')).status).toBe(201);
    expect((await http(ours.url, 'DELETE', key(38))).status).toBe(200);
    expect((await http(ours.url, 'PUT', `${key(20)}/${'q/'.repeat(18)}`, 'dir=true')).status).toBe(201);
  });

  test('a client that hangs up in the middle of a value has written nothing', async () => {
    const head = request('PUT /v2/keys/half', [
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 1000',
    ]);
    const { hostname, port } = new URL(ours.url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(`${head}value=half`, () => socket.destroy()));
      socket.on('error', reject).on('close', () => resolve());
    });
    await vi.waitFor(async () => expect((await http(ours.url, 'GET', '/v2/keys/half')).status).toBe(404), 30_000);
    expect((await http(ours.url, 'PUT', '/v2/keys/whole', 'value=1')).status).toBe(201);
  });

  test('a watch by HTTP/1.0 ends with the connection', async () => {
    const heard = say(ours.url, 'GET /v2/keys/old?wait=true HTTP/1.0\r\n\r\n');
    await vi.waitFor(
      async () => expect((await http(ours.url, 'GET', '/v2/stats/store')).text).toContain('"watchers":1'),
      30_000,
    );
    await http(ours.url, 'PUT', '/v2/keys/old', 'value=1');
    const [status, body] = essence(await heard);
    expect(status).toBe('HTTP 200 OK');
    expect(body).toBe('{"action":"set","node":{"key":"/old","value":"1","modifiedIndex":0,"createdIndex":0}}\n');
  });
});
