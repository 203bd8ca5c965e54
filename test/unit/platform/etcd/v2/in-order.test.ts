import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { inOrder } from '#platform/etcd/v2/in-order.ts';

/** A server that answers when the test says so. */
async function serving() {
  const begun: { url: string; res: ServerResponse }[] = [];
  const came = { requests: 0 };
  const carryOut = inOrder((req, res) => void begun.push({ url: req.url ?? '', res }));
  const server = createServer((req, res) => {
    came.requests++;
    carryOut(req, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = () => {
    const heard = { text: '' };
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard.text += chunk));
    onTestFinished(() => void socket.destroy());
    return { socket, heard, ask: (url: string) => void socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`) };
  };
  return { begun, came, client };
}

const within = { timeout: 30_000 };
const urls = (of: readonly { url: string }[]) => of.map(({ url }) => url);

test('each begins when the one before is answered; other connections do not wait', async () => {
  const { begun, came, client } = await serving();
  const [one, other] = [client(), client()];
  for (const url of ['/1', '/2', '/3']) one.ask(url);
  await vi.waitFor(() => expect(came.requests).toBe(3), within);
  other.ask('/other');
  await vi.waitFor(() => expect(urls(begun)).toEqual(['/1', '/other']), within);
  begun[0]?.res.end('first');
  await vi.waitFor(() => expect(urls(begun)).toEqual(['/1', '/other', '/2']), within);
  begun[2]?.res.end('second');
  await vi.waitFor(() => expect(begun).toHaveLength(4), within);
  begun[3]?.res.end('third');
  await vi.waitFor(() => expect(one.heard.text).toMatch(/first[^]*second[^]*third/), within);
  one.ask('/4');
  await vi.waitFor(() => expect(urls(begun)).toContain('/4'), within);
});

test('of a client that has gone nothing more is begun', async () => {
  const { begun, came, client } = await serving();
  const gone = client();
  for (const url of ['/1', '/2', '/3']) gone.ask(url);
  await vi.waitFor(() => expect(came.requests).toBe(3), within);
  const closed = once(begun[0]?.res ?? gone.socket, 'close');
  gone.socket.destroy();
  await closed;
  client().ask('/after');
  await vi.waitFor(() => expect(urls(begun)).toEqual(['/1', '/after']), within);
});

test('a client that asks without end is not read without end; when it is answered all is', async () => {
  const { begun, came, client } = await serving();
  const { socket, heard } = client();
  const many = 20_000;
  socket.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(many));
  await vi.waitFor(() => expect(came.requests).toBeGreaterThan(16), within);
  // The other connection is read after what there was of this one.
  client().ask('/other');
  await vi.waitFor(() => expect(urls(begun)).toContain('/other'), within);
  expect(came.requests).toBeLessThan(many / 4);
  let answered = 0;
  const answer = () => {
    for (; answered < begun.length; answered++) begun[answered]?.res.end('.');
    if (answered < many + 1) setImmediate(answer);
  };
  answer();
  await vi.waitFor(() => expect(heard.text.split('HTTP/1.1 200').length - 1).toBe(many), { timeout: 120_000 });
}, 150_000);
