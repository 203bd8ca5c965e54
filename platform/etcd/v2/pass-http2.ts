import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** What every connection of HTTP/2, and so of gRPC, begins with (RFC 9113, 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n');

/** For a connection to say its first word, ms. */
const firstWordMs = 60_000;

/** As Go's net has it for etcd. */
const ofSockets = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/**
 * Lets a server of HTTP/1 have its port together with etcd's gRPC, as etcd itself has: a connection of HTTP/2 is passed on to the member byte by
 * byte, any other one is the server's. The first bytes tell them apart.
 * @param member URL of the member's own client port
 * @returns what ends the connections that were passed on
 */
export function passHttp2(server: Server, member: string): () => void {
  const { hostname, port } = new URL(member);
  const passedOn = new Set<Socket>();
  const ofHttp1 = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (client) => {
    const cut = () => void client.destroy();
    client.setTimeout(firstWordMs, cut).on('error', cut);
    firstBytes(client, (isHttp2) => {
      client.setTimeout(0).off('timeout', cut).off('error', cut);
      if (!isHttp2) return ofHttp1.forEach((take) => void take.call(server, client));
      passedOn.add(client.once('close', () => passedOn.delete(client)));
      const upstream = connect({ host: hostname, port: Number(port), ...ofSockets });
      // When one side ends, so does the other: a client learns that etcd is away as it would at etcd's own port.
      pipeline(client, upstream, client, () => undefined);
    });
  });
  return () => passedOn.forEach((client) => client.destroy());
}

/** Calls back once the bytes that came tell what they begin; they are there to be read again. */
function firstBytes(client: Socket, then: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const readFirst = () => {
    const chunk: unknown = client.read();
    if (!Buffer.isBuffer(chunk)) return;
    seen = Buffer.concat([seen, chunk]);
    const isPreface = preface.subarray(0, seen.length).equals(seen.subarray(0, preface.length));
    if (isPreface && seen.length < preface.length) return;
    client.off('readable', readFirst);
    client.unshift(seen);
    then(isPreface);
  };
  client.on('readable', readFirst);
}
