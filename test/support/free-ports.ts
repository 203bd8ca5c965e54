import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** No service that a host usually has is at a port from here on. */
const lowest = 10_000;
/** More than one process asks for: processes whose numbers follow one another begin so far apart. */
const apart = 61;
let asked = 0;

/**
 * Ports of 127.0.0.1 that nobody listens on just now, for servers that cannot choose one themselves, or that come back at the same one.
 * They lie below those that the kernel gives to outgoing connections (ip_local_port_range, ip(7)), of which any could be taken by somebody's
 * connection before the server has it, or while it is away. None is given twice by one process.
 */
export async function freePorts(count: number): Promise<number[]> {
  const span = lowestOutgoing() - lowest;
  const ports: number[] = [];
  for (let tries = 0; ports.length < count && tries < span; tries++) {
    const port = lowest + ((process.pid * apart + asked++) % span);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function lowestOutgoing(): number {
  const [low = Number.NaN] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/u).map(Number);
  // A host may give connections nearly every port: then its ports are as good as any.
  return low > lowest + 1000 ? low : 32_768;
}
