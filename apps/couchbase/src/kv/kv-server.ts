import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { LabError } from '../../../../errors/lab-error.ts';
import { Authority } from '../auth/authority.ts';
import { createCredentials, type Credentials } from '../auth/credentials.ts';
import { Quota } from '../bucket/quota.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Log } from '../server/log.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { dispatch } from './dispatch.ts';
import { KvConnection } from './kv-connection.ts';
import { kvLimits, type KvLimits } from './limits.ts';
import { countersOf } from './operation-counters.ts';
import { loudOpcode } from './quiet-commands.ts';
import type { Session } from './session.ts';
import { WaitingAnswers } from './waiting-answers.ts';

/** The key-value listener: one session per connection, answers in the order of the requests, within the limits. */
export class KvServer {
  readonly server: Server;
  readonly #connections = new Map<Socket, KvConnection>();
  readonly #cluster: Cluster;
  readonly #authority: Authority;
  readonly #log: Log;
  readonly #limits: KvLimits;
  readonly #arriving: Quota;
  readonly #waiting: WaitingAnswers;
  /** Connections that have not authenticated yet. */
  #strangers = 0;
  readonly #decoy: Credentials = createCredentials('', randomBytes(32).toString('hex'));

  readonly #commit: () => void;

  /** @param commit is called before answers go out: what they tell of is kept then */
  constructor(cluster: Cluster, log: Log, limits: KvLimits = kvLimits, commit: () => void = () => undefined) {
    this.#commit = commit;
    this.#cluster = cluster;
    this.#authority = new Authority(cluster);
    this.#log = log;
    this.#limits = limits;
    this.#arriving = new Quota(limits.arrivingBytes);
    this.#waiting = new WaitingAnswers(limits.waitingBytes);
    this.server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.server.maxConnections = limits.connections;
    cluster.onBucketRemoved((bucket) => this.#drop((session) => session.bucket === bucket));
    cluster.users.onLockedOut((id) => this.#drop(({ user }) => user?.kind === 'user' && user.name === id));
  }

  /** Open connections, also those that are not signed in. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Once a second. */
  tick(): void {
    for (const { session, hangUp } of this.#connections.values()) {
      const { producer, user } = session;
      if (producer === undefined || user === undefined) continue;
      if (!producer.tick()) hangUp('the consumer of its changes gave no sign of life');
      const needs = { area: 'changes', to: 'read', bucket: producer.bucket.name } as const;
      if (!this.#authority.may(user, needs)) hangUp('its user may not follow changes any more');
    }
  }

  /** Cuts every connection: a client that keeps a dead socket waits for its timeouts instead of reconnecting. */
  close(): void {
    this.server.close();
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #accept(socket: Socket): void {
    // A client that vanishes is everyday life; its 'close' event follows.
    socket.on('error', () => undefined);
    if (this.#strangers >= this.#limits.strangers) {
      socket.destroy();
      return;
    }
    let isStranger = true;
    this.#strangers += 1;
    const know = (): void => {
      if (isStranger) this.#strangers -= 1;
      isStranger = false;
    };
    const end = (why: unknown): void => {
      const cause = why instanceof LabError ? why.message : String(why);
      this.#log.warn(
        `key-value connection from ${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0} closed: ${cause}`,
      );
      socket.destroy();
    };
    const limits = this.#limits;
    const answer = (session: Session, frame: RequestFrame) => this.#answer(session, frame);
    this.#connections.set(
      socket,
      new KvConnection(socket, {
        limits,
        arriving: this.#arriving,
        waiting: this.#waiting,
        answer,
        know,
        end,
        commit: this.#commit,
      }),
    );
    socket.on('close', () => {
      know();
      this.#connections.delete(socket);
    });
  }

  #answer(session: Session, frame: RequestFrame): Response | Promise<Response> {
    try {
      const context = { cluster: this.#cluster, authority: this.#authority, session, decoy: this.#decoy };
      const response = dispatch(context, frame);
      return response instanceof Promise
        ? this.#answerLater(session, frame, response)
        : counted(session, frame, response);
    } catch (error) {
      return this.#mistake(frame, error);
    }
  }

  async #answerLater(session: Session, frame: RequestFrame, promised: Promise<Response>): Promise<Response> {
    try {
      return counted(session, frame, await promised);
    } catch (error) {
      return this.#mistake(frame, error);
    }
  }

  #mistake(frame: RequestFrame, error: unknown): Response {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log.warn(`command 0x${frame.opcode.toString(16)} failed: ${what}`);
    return failure(statuses.internal, 'the server made a mistake; its log has the details');
  }

  #drop(whose: (session: Session) => boolean): void {
    for (const [socket, { session }] of this.#connections) if (whose(session)) socket.destroy();
  }
}

/** Notes the answer in the statistics of the bucket that the session has. */
function counted({ bucket }: Session, frame: RequestFrame, response: Response): Response {
  bucket?.history.count(countersOf(loudOpcode(frame.opcode), response.status, frame.cas !== 0));
  return response;
}
