import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { hear } from './caller.ts';
import { runFor } from './run-for.ts';

/** Callers at one time: the next one is hung up on, and runs its command by itself. */
const mostCallers = 16;
/** Longest path of a Unix socket, bytes (Linux, sockaddr_un). Node makes one at the first bytes of a longer path, and says nothing. */
const longestPath = 108;

/**
 * Runs commands of couchbase-cli in this process for callers on this host to whom a start of Node is dear (`bin/couchbase-cli` is the other
 * end). Only this process's user, and root, can connect: a command line has passwords.
 * @param path of the Unix socket, made here and removed by `close`; one that a server which was killed has left is taken over
 * @returns undefined when it cannot be had, which is told to `warn`: every command then runs by itself
 */
export async function listenForCli(path: string, warn: (text: string) => void): Promise<Server | undefined> {
  const server = createServer((socket) => hear(socket, runFor));
  server.maxConnections = mostCallers;
  try {
    if (Buffer.byteLength(path) > longestPath) throw new Error(`a socket's path has at most ${longestPath} bytes`);
    if (await isLeftOver(path)) await unlink(path);
    const listening = once(server, 'listening');
    // Bound at once, not later: nothing else makes a file meanwhile, and there is no moment at which others could connect.
    const before = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
    await listening;
    return server;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn(`couchbase-cli will run its commands by itself: no socket at ${path}: ${reason}`);
    return undefined;
  }
}

/** Whether it is a socket at which nobody listens. */
async function isLeftOver(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true) return false;
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
