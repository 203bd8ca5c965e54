import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

export type Answer = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void;

/** A server on Node's own HTTP/2 for all tests of a file, which answers as the test at hand says. */
export function grpcServer(): { readonly port: number; answer: Answer } {
  let port = 0;
  const said: { answer: Answer } = { answer: () => undefined };
  // MB. Three answers of 5 MB at once are more than the 10 that Node allows, and from 24 on it keeps to that.
  const server = createServer({ maxSessionMemory: 100 });
  const sessions = new Set<{ destroy(): void }>();
  beforeAll(async () => {
    server.on('session', (session) => sessions.add(session));
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      said.answer(stream, headers);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(async () => {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    get port() {
      return port;
    },
    get answer() {
      return said.answer;
    },
    set answer(answer: Answer) {
      said.answer = answer;
    },
  };
}

/** A refusal. */
export const trailersOnly = (message: string) => ({ ':status': 200, 'grpc-status': '13', 'grpc-message': message });
