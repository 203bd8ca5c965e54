import { createHash } from 'node:crypto';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What a proxy between browser and server does with an upgrade to WebSocket; HTTP passes all of them. */
export type UpgradeHabit =
  | { readonly kind: 'answers'; readonly status: 400 | 403 | 404 | 501 | 502 }
  | { readonly kind: 'hangs' | 'closes' | 'resets' | 'strips' | 'swallows' | 'passes' | 'one-way' }
  /** Passes it, and ends the connection so many ms later. */
  | { readonly kind: 'cuts'; readonly afterMs: number };

export interface Proxy {
  readonly url: string;
  /** Upgrades that were asked for. */
  upgrades(): number;
  /** Connections that Socket.IO began by polling. */
  handshakes(): number;
  /** Long polls and what was sent beside them. */
  polls(): number;
  close(): void;
}

/**
 * A proxy on loopback. `targets` get requests in turn, each request on its own, as a balancer without sticky sessions sends them; one target
 * is an ordinary proxy. `buffered`: an answer is passed on when it is complete, on a connection that then closes. `refuses`: whether
 * a path is answered with 502.
 */
export async function startProxy(
  targets: readonly URL[],
  habit: UpgradeHabit,
  options: { buffered?: boolean; refuses?: (path: string) => boolean } = {},
): Promise<Proxy> {
  const { buffered = false, refuses = () => false } = options;
  const seen = { requests: 0, upgrades: 0, handshakes: 0, polls: 0 };
  const sockets = new Set<Duplex>();
  const next = (): URL => {
    const target = targets[seen.requests++ % targets.length];
    if (!target) throw new Error('a proxy needs a target');
    return target;
  };
  const server = createServer((from, to) => {
    const path = from.url ?? '/';
    if (path.includes('transport=websocket')) seen.upgrades += 1;
    if (path.includes('transport=polling')) seen[path.includes('sid=') ? 'polls' : 'handshakes'] += 1;
    if (refuses(path)) to.writeHead(502).end();
    else pass(next(), from, to, buffered);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  // Without this listener Node takes an upgrade for the plain request that is left without its headers.
  if (habit.kind !== 'strips') {
    server.on('upgrade', (from: IncomingMessage, socket: Socket) => {
      seen.upgrades += 1;
      if (refuses(from.url ?? '/')) socket.destroy();
      else upgraded(habit, next(), from, socket, sockets);
    });
  }
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upgrades: () => seen.upgrades,
    handshakes: () => seen.handshakes,
    polls: () => seen.polls,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function pass(target: URL, from: IncomingMessage, to: ServerResponse, buffered: boolean): void {
  const { upgrade: _upgrade, connection: _connection, ...headers } = from.headers;
  const onward = { host: target.hostname, port: target.port, path: from.url, method: from.method, headers };
  const up = request({ ...onward, ...(buffered ? { agent: false } : {}) }, (answer) => {
    if (!buffered) {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
      return;
    }
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const { 'transfer-encoding': _chunked, 'content-length': _length, ...kept } = answer.headers;
      to.writeHead(answer.statusCode ?? 502, { ...kept, connection: 'close' }).end(Buffer.concat(chunks));
    });
  });
  up.on('error', () => void to.writeHead(502).end());
  to.on('close', () => up.destroy());
  from.pipe(up);
}

function upgraded(habit: UpgradeHabit, target: URL, from: IncomingMessage, socket: Socket, all: Set<Duplex>): void {
  if (habit.kind === 'answers') {
    socket.end(`HTTP/1.1 ${habit.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  if (habit.kind === 'closes') return void socket.end();
  if (habit.kind === 'resets') return void socket.resetAndDestroy();
  if (habit.kind === 'swallows') {
    const accept = createHash('sha1')
      .update(`${from.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
    socket.resume();
    return;
  }
  if (habit.kind === 'hangs') return void socket.resume();
  const up = connect(Number(target.port), target.hostname);
  all.add(up);
  const lines = [`${from.method ?? 'GET'} ${from.url ?? '/'} HTTP/1.1`];
  for (let at = 0; at < from.rawHeaders.length; at += 2)
    lines.push(`${from.rawHeaders[at] ?? ''}: ${from.rawHeaders[at + 1] ?? ''}`);
  up.write(`${lines.join('\r\n')}\r\n\r\n`);
  up.on('error', () => void socket.destroy()).on('close', () => void socket.destroy());
  socket.on('close', () => void up.destroy());
  up.pipe(socket);
  // What the browser says in its WebSocket is lost, what it hears is not.
  if (habit.kind === 'one-way') socket.resume();
  else socket.pipe(up);
  if (habit.kind === 'cuts') setTimeout(() => socket.destroy(), habit.afterMs);
}
