import { createConnection } from 'node:net';
import { LabError } from '#errors/lab-error.ts';
import type { Command } from '../context.ts';

/** What the original's `--tunnel` runs on the machine that it has reached by ssh. */
export const fdForward: Command = {
  name: 'fd-forward',
  args: 'SOCKET',
  summary: 'join standard input and output to a unix socket, for --tunnel of the original fleetctl',
  flags: [],
  async run({ args }) {
    const [path, ...more] = args;
    if (path === undefined || more.length > 0) {
      throw new LabError({
        code: 'usage.endpoint',
        cause: 'one socket must be given',
        next: 'fleetctl fd-forward /run/fleet.sock',
      });
    }
    await forward(path.replace(/^unix:\/\//, ''));
    return 0;
  },
};

/** Resolves when the socket's other end has closed it. */
function forward(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Who has said all may still be answered.
    const socket = createConnection({ path, allowHalfOpen: true });
    socket.on('error', (error) =>
      reject(
        new LabError({
          code: 'state.fleet-unreachable',
          cause: `cannot reach ${path}: ${error.message}`,
          next: 'systemctl status fleet',
          error,
        }),
      ),
    );
    socket.on('end', () => {
      socket.end();
      // Standard input may stay open for as long as it likes.
      process.stdin.unpipe(socket).destroy();
    });
    socket.on('close', () => resolve());
    process.stdin.pipe(socket);
    socket.pipe(process.stdout, { end: false });
  });
}
