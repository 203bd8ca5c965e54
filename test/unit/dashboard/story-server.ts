import { createConnection } from 'node:net';
import { request } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import type { Hello, ToPage, ToServer } from '#dashboard/server/protocol.ts';
import type { PageFiles } from '#dashboard/server/page-files.ts';
import { type Dashboard, type Deeds, type GuideBeside, serveDashboard } from '#dashboard/server/serve.ts';
import { Storyteller } from '#dashboard/server/storyteller.ts';

export type TestPage = Socket<ToPage, ToServer>;

export const files = new Map([
  ['/index.html', { type: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html><title>the page</title>') }],
  ['/assets/a.js', { type: 'text/javascript; charset=utf-8', body: Buffer.from('1;') }],
]);

/** A dashboard whose story the test tells. @param page files of another page than the test's own */
export async function storyServer(
  deeds?: Deeds,
  page: PageFiles = files,
  guide?: GuideBeside,
): Promise<{ dashboard: Dashboard; teller: Storyteller }> {
  const teller = new Storyteller();
  const hello = (): Hello => ({
    title: 'lab test',
    mode: 'live',
    story: teller.story,
    beganWallMs: teller.beganWallMs,
    sentence: undefined,
    scenarios: deeds === undefined ? [] : [{ name: 'failover', summary: 'What moves.' }],
    deeds: deeds === undefined ? [] : ['halt', 'cut', 'pause', 'partition', 'up', 'resume'],
  });
  const dashboard = await serveDashboard({
    port: 0,
    files: page,
    hello,
    listen: (one) => teller.listen(one),
    deeds,
    guide,
  });
  return { dashboard, teller };
}

/** A page of the dashboard, or of another origin. It does not connect yet. */
export function openPage({ url, port }: Dashboard, origin = `http://127.0.0.1:${port}`): TestPage {
  const { pathname } = new URL(url);
  return io(`http://127.0.0.1:${port}`, {
    path: `${pathname}socket.io`,
    transports: ['websocket'],
    extraHeaders: { origin },
    reconnection: false,
    autoConnect: false,
    forceNew: true,
    timeout: 30_000,
  });
}

/** @returns the hello of a page that connects, or why it may not */
export async function helloOf(page: TestPage): Promise<Hello | Error> {
  return new Promise((resolve) => {
    page.once('hello', resolve);
    page.once('connect_error', resolve);
    page.connect();
  });
}

/** One request as it is, whatever a browser would make of it. */
export async function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** @returns what the server says to these bytes until it hangs up */
export async function rawly(port: number, bytes: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = createConnection({ host, port }, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
