import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { getJson } from '#provision/cluster/conditions/get-json.ts';

const form = z.object({ who: z.string() });

let server: Server;
afterEach(() => void server.close());

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it('is what the URL answers with, in however many parts, and hands on headers', async () => {
  const url = await serve((request, response) => {
    response.write('{"who":');
    response.end(JSON.stringify(request.headers['x-who']) + '}');
  });
  expect(await getJson(form, url, 5_000, { 'X-Who': 'me' })).toEqual({ who: 'me' });
});

it.each<[string, RequestListener]>([
  ['an error', (_, response) => void response.writeHead(503).end('{}')],
  ['something else', (_, response) => void response.end('<html>')],
  ['an answer of another form', (_, response) => void response.end('{"who":1}')],
  ['half an answer', (_, response) => void response.write('{"a"', () => response.destroy())],
  ['an answer that does not end', (_, response) => void response.write('{"a"')],
  ['nothing', () => undefined],
])('is undefined for %s', async (_, answer) => {
  expect(await getJson(form, await serve(answer), 200)).toBeUndefined();
  server.closeAllConnections();
});

it('is undefined where nobody listens', async () => {
  const url = await serve(() => undefined);
  server.close();
  expect(await getJson(form, url, 5_000)).toBeUndefined();
});
