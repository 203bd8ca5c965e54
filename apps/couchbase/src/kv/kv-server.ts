import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { LabError } from '../../../../errors/lab-error.ts';
import { createCredentials, type Credentials } from '../auth/credentials.ts';
import type { Bucket } from '../bucket/bucket.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Log } from '../server/log.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { dispatch } from './dispatch.ts';
import { KvConnection } from './kv-connection.ts';
import { kvLimits, type KvLimits } from './limits.ts';
import type { Session } from './session.ts';

/** The key-value listener: one session per connection, answers in the order of the requests, within the limits. */
export class KvServer {
  readonly server: Server;
  private readonly connections = new Map<Socket, KvConnection>();
  private readonly cluster: Cluster;
  private readonly log: Log;
  private readonly limits: KvLimits;
  private readonly decoy: Credentials = createCredentials('', randomBytes(32).toString('hex'));

  constructor(cluster: Cluster, log: Log, limits: KvLimits = kvLimits) {
    this.cluster = cluster;
    this.log = log;
    this.limits = limits;
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket));
    this.server.maxConnections = limits.connections;
    cluster.onBucketRemoved((bucket) => this.dropBucket(bucket));
  }

  /** Cuts every connection: a client that keeps a dead socket waits for its timeouts instead of reconnecting. */
  close(): void {
    this.server.close();
    for (const socket of this.connections.keys()) socket.destroy();
  }

  private accept(socket: Socket): void {
    // A client that vanishes is everyday life; its 'close' event follows.
    socket.on('error', () => undefined);
    const end = (why: unknown): void => {
      const cause = why instanceof LabError ? why.message : String(why);
      this.log.warn(
        `key-value connection from ${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0} closed: ${cause}`,
      );
      socket.destroy();
    };
    const { limits } = this;
    const answer = (session: Session, frame: RequestFrame) => this.answer(session, frame);
    this.connections.set(socket, new KvConnection(socket, { limits, answer, end }));
    socket.on('close', () => this.connections.delete(socket));
  }

  private answer(session: Session, frame: RequestFrame): Response | Promise<Response> {
    const { cluster, decoy } = this;
    try {
      const response = dispatch({ cluster, session, decoy }, frame);
      return response instanceof Promise ? response.catch((error: unknown) => this.mistake(frame, error)) : response;
    } catch (error) {
      return this.mistake(frame, error);
    }
  }

  private mistake(frame: RequestFrame, error: unknown): Response {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log.warn(`command 0x${frame.opcode.toString(16)} failed: ${what}`);
    return failure(statuses.internal, 'the server made a mistake; its log has the details');
  }

  private dropBucket(bucket: Bucket): void {
    for (const [socket, { session }] of this.connections) if (session.bucket === bucket) socket.destroy();
  }
}
