import type { Socket } from 'node:net';
import type { Quota } from '../bucket/quota.ts';
import { AnswerBuffer } from '../wire/answer-buffer.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import type { RequestFrame } from '../wire/frame.ts';
import type { Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { UnwrittenValue } from '../wire/unwritten-value.ts';
import type { KvLimits } from './limits.ts';
import { newSession, type Session } from './session.ts';
import type { WaitingAnswers } from './waiting-answers.ts';

/** Bytes of one write, about: answers are joined up to it, and what is larger goes out in such pieces, without a copy of the whole value. */
const writeBytes = 64 * 1024;

/** Where answers are joined. One for all connections: what is in it is written at once. */
const answers = new AnswerBuffer(2 * writeBytes);

const nothing = new UnwrittenValue([]);

/** What a connection needs of the server. */
export interface KvService {
  readonly limits: KvLimits;
  /** Of what arrives on all connections. */
  readonly arriving: Quota;
  /** For the clients of all connections. */
  readonly waiting: WaitingAnswers;
  /** A promise where others have their turns meanwhile; it is kept. */
  answer(session: Session, frame: RequestFrame): Response | Promise<Response>;
  /** Is called when it is known who the client is. */
  know(): void;
  /** Is called before answers go out: what they tell of is kept then. */
  commit(): void;
  /** Closes the connection and tells why. */
  end(why: unknown): void;
}

/**
 * One client: requests in, answers out in their order, within the limits. A client that does not read its answers is not read either, so
 * that what it may cost is `outputBytes`, and the requests that one segment carried.
 */
export class KvConnection {
  readonly session: Session;
  readonly #socket: Socket;
  readonly #service: KvService;
  readonly #reader: FrameReader;
  /** What is left to be written of a large value. */
  #rest = nothing;
  /** Answers that are still being made, or may not be told yet: no request behind them is looked at. */
  #awaiting = 0;
  /** What has to come to pass before the answers that are joined now may be told. */
  #condition: Promise<void> | undefined;
  /** It was made. */
  #late: { readonly frame: RequestFrame; readonly response: Response } | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #failedLogins = 0;
  #isStranger = true;
  /** Bytes of a request that is not whole yet. */
  #arriving = 0;
  /** Bytes of answers that its client has not taken. */
  #waiting = 0;

  constructor(socket: Socket, service: KvService) {
    this.#socket = socket;
    this.#service = service;
    const { strangerBodyBytes, strangerMs, scans } = service.limits;
    this.session = newSession(scans, () => {
      if (!socket.destroyed) this.#serve();
    });
    this.#reader = new FrameReader(strangerBodyBytes);
    const strangerTimer = setTimeout(() => {
      if (this.session.user === undefined) service.end(`no authentication within ${strangerMs} ms`);
    }, strangerMs);
    socket.on('data', (chunk) => {
      this.#reader.push(chunk);
      this.#serve();
      this.#count(this.#reader.keptBytes);
    });
    socket.on('drain', () => {
      this.#stopStallTimer();
      this.#serve();
      this.#noteWaiting();
    });
    socket.on('close', () => {
      clearTimeout(strangerTimer);
      this.#count(0);
      this.#rest = nothing;
      this.#noteWaiting();
      this.session.producer?.stop();
      this.#stopStallTimer();
    });
  }

  /** Closes the connection and tells why. */
  readonly hangUp = (why: string): void => {
    this.#service.end(why);
  };

  /** @param bytes of a request that is not whole yet */
  #count(bytes: number): void {
    if (bytes === this.#arriving || (bytes > 0 && this.#socket.destroyed)) return;
    const { arriving } = this.#service;
    const growth = bytes - this.#arriving;
    if (!arriving.allows(growth)) {
      this.#service.end(`requests that are not whole yet may have ${arriving.limitBytes} bytes together`);
      return;
    }
    arriving.add(growth);
    this.#arriving = bytes;
  }

  #serve(): void {
    try {
      while (this.#awaiting === 0 && this.#mayWriteMore() && this.#writeSome());
    } catch (error) {
      this.#service.end(error);
      return;
    }
    if (!this.#mayWriteMore()) this.#waitForClient();
    else if (this.#awaiting > 0) this.#socket.pause();
    else if (this.session.quitting) this.#socket.end();
    else this.#socket.resume();
  }

  /** One write. False when there is nothing to write: no complete request is there. */
  #writeSome(): boolean {
    // Another connection may have been closed in the midst of its answers.
    answers.clear();
    if (this.#late !== undefined) this.#add(this.#late.frame, this.#late.response);
    this.#late = undefined;
    while (this.#rest.isEmpty && answers.size < writeBytes && !this.session.quitting && this.#awaiting === 0) {
      const frame = this.#reader.next();
      if (frame === undefined) break;
      this.session.producer?.heard(frame);
      if (frame.isAnswer) continue;
      const response = this.#respond(frame);
      if (response instanceof Promise) void this.#wait(frame, response);
      else this.#add(frame, response);
    }
    if (answers.size > 0) this.#tell(answers.take());
    else if (this.#rest.isEmpty) return this.#writeChanges();
    else this.#write(this.#rest.take(writeBytes));
    return true;
  }

  /** Of a connection that streams changes. False when there are none. */
  #writeChanges(): boolean {
    const changes = this.#awaiting > 0 ? undefined : this.session.producer?.take(writeBytes);
    if (changes === undefined) return false;
    this.#service.commit();
    if (changes.value !== '') this.#rest = new UnwrittenValue(changes.value);
    this.#write(changes.bytes);
    return true;
  }

  #tell(bytes: Buffer): void {
    this.#service.commit();
    const condition = this.#condition;
    if (condition === undefined) {
      this.#write(bytes);
      return;
    }
    this.#condition = undefined;
    this.#awaiting += 1;
    void condition.then(() => {
      this.#awaiting -= 1;
      if (this.#socket.destroyed) return;
      this.#write(bytes);
      this.#serve();
    });
  }

  #write(bytes: Buffer): void {
    this.#socket.write(bytes);
    this.#noteWaiting();
  }

  #noteWaiting(): void {
    const { destroyed, writableLength } = this.#socket;
    const bytes = destroyed ? 0 : writableLength + this.#rest.bytesLeft;
    if (bytes === this.#waiting) return;
    this.#waiting = bytes;
    this.#service.waiting.note(this, bytes);
  }

  #add(frame: RequestFrame, response: Response): void {
    if (response.silent === true) return;
    // One after the other: who asks for the disk later waits for all before.
    if (response.after !== undefined) this.#condition = response.after;
    const { packets } = response;
    if (packets !== undefined) {
      if (!answers.addPackets(packets)) this.#rest = new UnwrittenValue(packets);
    } else if (!answers.add(frame, response)) this.#rest = new UnwrittenValue(response.value ?? '');
  }

  async #wait(frame: RequestFrame, promised: Promise<Response>): Promise<void> {
    this.#awaiting += 1;
    const response = await promised;
    this.#awaiting -= 1;
    this.#late = { frame, response };
    if (!this.#socket.destroyed) this.#serve();
  }

  #respond(frame: RequestFrame): Response | Promise<Response> {
    const { session } = this;
    const { strangerBodyBytes, bodyBytes, failedLogins } = this.#service.limits;
    const response = this.#service.answer(session, frame);
    this.#reader.takesAnswers = session.producer !== undefined;
    if (this.#isStranger && session.user !== undefined) {
      this.#isStranger = false;
      this.#service.know();
    }
    this.#reader.limit = session.user === undefined ? strangerBodyBytes : bodyBytes;
    const isWrongPassword = !(response instanceof Promise) && response.status === statuses.authError;
    if (isWrongPassword && ++this.#failedLogins >= failedLogins) session.quitting = true;
    return response;
  }

  #mayWriteMore(): boolean {
    return this.#socket.writableLength <= this.#service.limits.outputBytes;
  }

  #waitForClient(): void {
    this.#socket.pause();
    const { stalledMs, outputBytes } = this.#service.limits;
    this.#stallTimer ??= setTimeout(() => {
      this.#service.end(`it did not take ${outputBytes} bytes of its answers within ${stalledMs} ms`);
    }, stalledMs);
  }

  #stopStallTimer(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
  }
}
