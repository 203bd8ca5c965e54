import type { Server } from 'node:net';

/**
 * Resolves when a process that servers run in is to end: at SIGTERM or SIGINT, or when nobody has been connected for `idleMs`
 * (undefined: never for that).
 */
export function untilIdle(servers: readonly Server[], idleMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    if (idleMs === undefined) return;
    let connected = 0;
    let timer = setTimeout(resolve, idleMs);
    const gone = () => {
      connected--;
      if (connected === 0) timer = setTimeout(resolve, idleMs);
    };
    for (const server of servers) {
      server.on('connection', (socket) => {
        connected++;
        clearTimeout(timer);
        socket.once('close', gone);
      });
    }
  });
}
