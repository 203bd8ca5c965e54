import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { LabError } from '../../../../errors/lab-error.ts';
import { createCredentials, type Credentials } from '../auth/credentials.ts';
import type { Bucket } from '../bucket/bucket.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Log } from '../server/log.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { encodeResponse, failure } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { dispatch } from './dispatch.ts';
import { newSession, type Session } from './session.ts';

/** The key-value listener: one session per connection, answers in the order of the requests. */
export class KvServer {
  readonly server: Server;
  private readonly sessions = new Map<Socket, Session>();
  private readonly cluster: Cluster;
  private readonly log: Log;
  private readonly decoy: Credentials = createCredentials('', randomBytes(32).toString('hex'));

  constructor(cluster: Cluster, log: Log) {
    this.cluster = cluster;
    this.log = log;
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket));
    cluster.onBucketRemoved((bucket) => this.dropBucket(bucket));
  }

  /** Cuts every connection: a client that keeps a dead socket waits for its timeouts instead of reconnecting. */
  close(): void {
    this.server.close();
    for (const socket of this.sessions.keys()) socket.destroy();
  }

  private accept(socket: Socket): void {
    const session = newSession();
    const reader = new FrameReader();
    this.sessions.set(socket, session);
    socket.on('close', () => this.sessions.delete(socket));
    // A client that vanishes is everyday life; its 'close' event follows.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.serve(socket, session, reader, chunk));
  }

  private serve(socket: Socket, session: Session, reader: FrameReader, chunk: Buffer): void {
    const answers: Buffer[] = [];
    try {
      for (const frame of reader.push(chunk)) {
        answers.push(encodeResponse(frame, this.answer(session, frame)));
        if (session.quitting) break;
      }
    } catch (error) {
      const cause = error instanceof LabError ? error.message : String(error);
      this.log.warn(
        `key-value connection from ${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0} closed: ${cause}`,
      );
      socket.destroy();
      return;
    }
    // One write per segment received: pipelined requests are answered in one packet where they fit.
    if (answers.length > 0 && !socket.write(Buffer.concat(answers))) {
      // A client that does not read its answers may not ask for more either.
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
    if (session.quitting) socket.end();
  }

  private answer(session: Session, frame: Parameters<typeof dispatch>[1]): ReturnType<typeof dispatch> {
    try {
      return dispatch({ cluster: this.cluster, session, decoy: this.decoy }, frame);
    } catch (error) {
      this.log.warn(
        `command 0x${frame.opcode.toString(16)} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      return failure(statuses.internal, 'the server made a mistake; its log has the details');
    }
  }

  private dropBucket(bucket: Bucket): void {
    for (const [socket, session] of this.sessions) if (session.bucket === bucket) socket.destroy();
  }
}
