import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startStreamServer } from '#apps/meetup/src/stream-server.ts';
import { followRsvpFeed, type RsvpFeed } from '#apps/worker/src/rsvp-feed.ts';
import { freePorts } from '#test/support/free-ports.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function stream(port = 0) {
  const options = { host: '127.0.0.1', port, rate: 100, seed: 1, startIndex: 0, pingMs: 50, deadMs: 2000 };
  const server = await startStreamServer(options);
  cleanups.push(() => server.close());
  return server;
}

function follow(port: number, silenceMs?: number): { feed: RsvpFeed; messages: string[]; states: string[] } {
  const messages: string[] = [];
  const states: string[] = [];
  const handlers = {
    onMessage: (text: string) => void messages.push(text),
    onState: (line: string) => void states.push(line),
  };
  const feed = followRsvpFeed(`ws://127.0.0.1:${port}/2/rsvps`, handlers, silenceMs);
  cleanups.push(() => {
    feed.close();
  });
  return { feed, messages, states };
}

it('comes back after the stream was away, and never holds two connections', async () => {
  // It comes back at the same port, which nobody may have meanwhile.
  const [port = 0] = await freePorts(1);
  const first = await stream(port);
  const { messages, states } = follow(port);
  await expect.poll(() => messages.length).toBeGreaterThan(0);
  await first.close();
  await expect.poll(() => states.some((line) => line.includes('next try'))).toBe(true);
  const second = await stream(port);
  const before = messages.length;
  await expect.poll(() => messages.length).toBeGreaterThan(before);
  expect(second.report()).toMatchObject({ now: 1, max: 1, refused: 0 });
});

it('waits as long as a refusal asks, then gets in', async () => {
  const server = await stream();
  const holder = follow(server.port);
  await expect.poll(() => holder.messages.length).toBeGreaterThan(0);
  const late = follow(server.port);
  await expect.poll(() => late.states.join()).toContain('refused with HTTP 429); next try in 3000 ms');
  expect(server.report()).toMatchObject({ now: 1, max: 1, refused: 1 });
  holder.feed.close();
  await expect.poll(() => late.messages.length).toBeGreaterThan(0);
  expect(server.report()).toMatchObject({ max: 1, refused: 1 });
});

it('gives up a connection on which nothing comes any more', async () => {
  const { WebSocketServer } = await import('ws');
  const http = createServer().listen(0, '127.0.0.1');
  const mute = new WebSocketServer({ server: http });
  cleanups.push(() => {
    for (const client of mute.clients) client.terminate();
    http.close();
  });
  await new Promise((resolve) => http.once('listening', resolve));
  const { states } = follow((http.address() as AddressInfo).port, 100);
  await expect.poll(() => states.join('\n')).toContain('silent for 100 ms');
});
