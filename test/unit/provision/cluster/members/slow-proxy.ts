import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A machine whose etcd is busy: the same ports at another address, where every byte of an answer is late. */
export interface SlowProxy {
  readonly address: string;
  stop(): Promise<void>;
}

/** Passes the connections to a port at `address` on to the same port of the real member; its answers come `lateMs` later. */
export async function slowProxy(
  address: string,
  member: string,
  ports: readonly number[],
  lateMs: number,
): Promise<SlowProxy> {
  const open = new Set<Socket>();
  const servers = ports.map((port) =>
    createServer((client) => {
      const upstream = connect(port, member);
      for (const socket of [client, upstream]) {
        open.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => open.delete(socket));
      }
      client.pipe(upstream);
      client.on('close', () => upstream.destroy());
      upstream.on('data', (data) => setTimeout(() => client.write(data), lateMs));
      upstream.on('end', () => setTimeout(() => client.end(), lateMs));
      upstream.on('close', () => setTimeout(() => client.destroy(), lateMs));
    }),
  );
  await Promise.all(servers.map((server, index) => once(server.listen(ports[index], address), 'listening')));
  return {
    address,
    async stop() {
      for (const socket of open) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
