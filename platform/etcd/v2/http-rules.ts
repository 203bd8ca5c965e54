import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { send } from './http.ts';

/** What Go's net/http answers before a handler is asked, where Node does otherwise. */
export function asGoServes(server: Server): void {
  server.on('clientError', (error: Error & { code?: string; reason?: string }, socket) => refuse(socket, sayOf(error)));
  server.on('connect', (_, socket) => {
    const body = '404 page not found\n';
    last(
      socket,
      `HTTP/1.1 404 Not Found\r\n${plain}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  server.on('checkExpectation', (_, res: ServerResponse) => send(res, 417, { Connection: 'close' }, ''));
}

/** Whether a request was answered because its head is none of HTTP/1. */
export function isRefused(req: IncomingMessage): boolean {
  if (req.httpVersionMajor !== 1) return void req.socket.destroy() === undefined;
  if (req.httpVersionMinor === 0) return false;
  const hosts = req.rawHeaders.filter((name, i) => i % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host');
  if (hosts.length === 1) return false;
  refuse(req.socket, hosts.length === 0 ? '400 Bad Request: missing required Host header' : '400 Bad Request');
  return true;
}

const plain = 'Content-Type: text/plain; charset=utf-8\r\n';

function refuse(socket: Duplex, said: string): void {
  last(socket, `HTTP/1.1 ${said}\r\n${plain}Connection: close\r\n\r\n${said}`);
}

/** Whoever does not close his side is not waited for. */
function last(socket: Duplex, bytes: string): void {
  if (socket.writable) socket.end(bytes, () => socket.destroy());
  else socket.destroy();
}

function sayOf({ code, reason }: { code?: string; reason?: string }): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  if (code !== 'HPE_INVALID_HEADER_TOKEN') return '400 Bad Request';
  return `400 Bad Request: invalid header ${reason === 'Invalid header value char' ? 'value' : 'name'}`;
}
