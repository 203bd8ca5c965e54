import type { Socket } from 'node:net';
import { FrameReader } from '../wire/frame-reader.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { encodeResponse, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import type { KvLimits } from './limits.ts';
import { newSession, type Session } from './session.ts';

/** Bytes of one write: answers are joined up to it, and what is larger goes out in such pieces, without a copy of the stored value. */
const writeBytes = 64 * 1024;

/** What a connection needs of the server. */
export interface KvService {
  readonly limits: KvLimits;
  answer(session: Session, frame: RequestFrame): Response;
  /** Closes the connection and tells why. */
  end(why: unknown): void;
}

/**
 * One client: requests in, answers out in their order, within the limits. A client that does not read its answers is not read either, so
 * that what it may cost is `outputBytes`, and the requests that one segment carried.
 */
export class KvConnection {
  readonly session: Session = newSession();
  private readonly socket: Socket;
  private readonly service: KvService;
  private readonly reader: FrameReader;
  /** What is left to be written of a large value. */
  private rest: Buffer | undefined;
  private stallTimer: NodeJS.Timeout | undefined;
  private failedLogins = 0;

  constructor(socket: Socket, service: KvService) {
    this.socket = socket;
    this.service = service;
    const { strangerBodyBytes, strangerMs } = service.limits;
    this.reader = new FrameReader(strangerBodyBytes);
    const strangerTimer = setTimeout(() => {
      if (this.session.user === undefined) service.end(`no authentication within ${strangerMs} ms`);
    }, strangerMs);
    socket.on('data', (chunk) => {
      this.reader.push(chunk);
      this.serve();
    });
    socket.on('drain', () => {
      this.stopStallTimer();
      this.serve();
    });
    socket.on('close', () => {
      clearTimeout(strangerTimer);
      this.stopStallTimer();
    });
  }

  private serve(): void {
    try {
      while (this.mayWriteMore() && this.writeSome());
    } catch (error) {
      this.service.end(error);
      return;
    }
    if (!this.mayWriteMore()) this.waitForClient();
    else if (this.session.quitting) this.socket.end();
    else this.socket.resume();
  }

  /** One write. False when there is nothing to write: no complete request is there. */
  private writeSome(): boolean {
    const parts: Buffer[] = [];
    let bytes = 0;
    while (this.rest === undefined && bytes < writeBytes && !this.session.quitting) {
      const frame = this.reader.next();
      if (frame === undefined) break;
      const [packet, value] = this.respond(frame);
      parts.push(packet);
      bytes += packet.length;
      this.rest = value;
    }
    if (parts.length > 0) this.socket.write(Buffer.concat(parts));
    else if (this.rest !== undefined) {
      this.socket.write(this.rest.subarray(0, writeBytes));
      this.rest = this.rest.length > writeBytes ? this.rest.subarray(writeBytes) : undefined;
    } else return false;
    return true;
  }

  private respond(frame: RequestFrame): [packet: Buffer, value?: Buffer] {
    const { session, service } = this;
    const { strangerBodyBytes, bodyBytes, failedLogins } = service.limits;
    const response = service.answer(session, frame);
    this.reader.limit = session.user === undefined ? strangerBodyBytes : bodyBytes;
    if (response.status === statuses.authError && ++this.failedLogins >= failedLogins) session.quitting = true;
    return encodeResponse(frame, response, writeBytes);
  }

  private mayWriteMore(): boolean {
    return this.socket.writableLength <= this.service.limits.outputBytes;
  }

  private waitForClient(): void {
    this.socket.pause();
    const { stalledMs, outputBytes } = this.service.limits;
    this.stallTimer ??= setTimeout(() => {
      this.service.end(`it did not take ${outputBytes} bytes of its answers within ${stalledMs} ms`);
    }, stalledMs);
  }

  private stopStallTimer(): void {
    clearTimeout(this.stallTimer);
    this.stallTimer = undefined;
  }
}
