import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may wait for the one before; then it is read no further. */
const mostWaiting = 16;

interface Line {
  readonly waiting: [req: IncomingMessage, res: ServerResponse][];
  isPaused: boolean;
}

/**
 * Requests that come on one connection without waiting for answers are carried out one after the other, as Go's server does it, for each may ask
 * for what the one before has written; Node begins all at once.
 */
export function inOrder(carryOut: RequestListener): RequestListener {
  const lines = new Map<Socket, Line>();
  const begin = (socket: Socket, req: IncomingMessage, res: ServerResponse) => {
    res.once('close', () => next(socket));
    carryOut(req, res);
  };
  const next = (socket: Socket) => {
    const line = lines.get(socket);
    const first = line?.waiting.shift();
    if (line === undefined || first === undefined || socket.destroyed) return void lines.delete(socket);
    if (line.isPaused && line.waiting.length === 0) {
      line.isPaused = false;
      socket.resume();
    }
    begin(socket, ...first);
  };
  return (req, res) => {
    const { socket } = req;
    const line = lines.get(socket);
    if (line === undefined) {
      lines.set(socket, { waiting: [], isPaused: false });
      return begin(socket, req, res);
    }
    line.waiting.push([req, res]);
    if (line.waiting.length < mostWaiting || line.isPaused) return;
    line.isPaused = true;
    // Node reads on at the end of each request of what it has read already: after those it does not.
    process.nextTick(() => line.isPaused && socket.pause());
  };
}
