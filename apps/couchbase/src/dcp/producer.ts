import type { Bucket } from '../bucket/bucket.ts';
import type { ChangeListener } from '../bucket/change-feed.ts';
import type { Document } from '../bucket/document.ts';
import type { ByteString } from '../wire/byte-string.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { dcpOpcodes } from '../wire/opcodes.ts';
import { ChangeQueue, type Change } from './change-queue.ts';
import { dcpLimits } from './limits.ts';
import { lookUp } from './look-up.ts';
import {
  documentMessage,
  message,
  seqnoAdvanced,
  snapshotMarker,
  streamEnd,
  streamEnds,
  type Envelope,
  type Told,
} from './messages.ts';
import { SignsOfLife } from './signs-of-life.ts';

/** One vBucket's changes on their way to a consumer. */
interface Stream extends Envelope {
  /** Number of the last change that was sent. */
  sent: number;
  /** The consumer was told of a snapshot up to here. */
  snapshotEnd: number;
  readonly end: number;
}

/**
 * The sender's end of a connection that streams changes. Changes wait in a queue of limited length; where that is too short for a consumer, or
 * a stream begins, what the consumer lacks is looked up among the documents instead, each with its last state, vBucket by vBucket.
 */
export class DcpProducer implements ChangeListener {
  readonly bucket: Bucket;
  readonly life: SignsOfLife;
  /** What the consumer wants to be told. */
  told: Told;
  readonly #streams = new Map<number, Stream>();
  readonly #queue = new ChangeQueue();
  /** Streams that lack something that is not in the queue. */
  readonly #behind = new Set<number>();
  /** What the stream in hand lacks, oldest change first. */
  #lacking:
    { readonly stream: Stream; readonly changes: readonly Change[]; at: number; readonly high: number } | undefined;
  /** Bytes the consumer takes before it says that it has worked on them. */
  bufferBytes = Infinity;
  #unacknowledged = 0;
  /** Messages that do not wait for their turn. */
  readonly #urgent: Buffer[] = [];
  #lookedAt = 0;
  #isWoken = false;
  readonly #wake: () => void;
  readonly #unsubscribe: () => void;

  /** @param wake is called, never at once, when there is something to send @param elapsedMs a clock that only goes forward */
  constructor(bucket: Bucket, told: Told, wake: () => void, elapsedMs: () => number) {
    this.bucket = bucket;
    this.told = told;
    this.#wake = wake;
    this.life = new SignsOfLife(elapsedMs);
    this.#unsubscribe = bucket.feed.subscribe(this);
  }

  /** Begins to send a vBucket's changes behind a number. False when they are sent already. */
  begin(envelope: Envelope, from: number, end: number): boolean {
    if (this.#streams.has(envelope.vbucket)) return false;
    this.#streams.set(envelope.vbucket, { ...envelope, sent: from, snapshotEnd: from, end });
    this.#behind.add(envelope.vbucket);
    this.#wakeLater();
    return true;
  }

  /** False when there is no such stream. */
  close(vbucket: number): boolean {
    if (this.#lacking?.stream.vbucket === vbucket) this.#lacking = undefined;
    this.#behind.delete(vbucket);
    return this.#streams.delete(vbucket);
  }

  /** The consumer has worked on so many bytes: it is sent as many more. */
  acknowledge(bytes: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - bytes);
    this.#wakeLater();
  }

  /** The consumer said something. */
  heard(frame: RequestFrame): void {
    this.life.heard(frame.isAnswer && frame.opcode === dcpOpcodes.noop);
  }

  /** Once a second. @returns false when the consumer is gone */
  tick(): boolean {
    const next = this.life.next();
    if (next !== 'ask') return next !== 'gone';
    this.#urgent.push(message(dcpOpcodes.noop, { vbucket: 0, opaque: 0 }));
    this.#wakeLater();
    return true;
  }

  /** Nothing is sent any more. */
  stop(): void {
    this.#unsubscribe();
    this.#forget();
  }

  changed(collection: number, document: Document): void {
    if (!this.#streams.has(document.vbucket)) return;
    this.#queue.push({ collection, document });
    if (this.#queue.bytes > dcpLimits.queueBytes) this.#fallBehind();
    this.#wakeLater();
  }

  restarted(): void {
    for (const stream of this.#streams.values()) this.#urgent.push(streamEnd(stream, streamEnds.rollback));
    this.#forget();
    this.#wakeLater();
  }

  /**
   * Messages to send now, about so many bytes, and a value that follows them. Undefined when there are none, or the consumer has enough to
   * do, or others should have their turn first: it wakes again then.
   */
  take(most: number): { readonly bytes: Buffer; readonly value: ByteString } | undefined {
    const parts = this.#urgent.splice(0);
    let size = parts.reduce((sum, { length }) => sum + length, 0);
    this.#lookedAt = 0;
    let value = '';
    while (size < most && value === '' && this.#mayGoOn()) {
      const before = parts.length;
      value = this.#next(parts);
      const sent = parts.slice(before).reduce((sum, { length }) => sum + length, value.length);
      size += sent;
      this.#unacknowledged += sent;
      if (sent === 0 && !this.#hasMore()) break;
    }
    if (this.#hasMore()) this.#wakeLater();
    return parts.length === 0 ? undefined : { bytes: Buffer.concat(parts), value };
  }

  get #isFull(): boolean {
    return this.#unacknowledged >= this.bufferBytes;
  }

  #mayGoOn(): boolean {
    return !this.#isFull && this.#lookedAt < dcpLimits.documentsPerTurn;
  }

  #hasMore(): boolean {
    return !this.#isFull && (this.#lacking !== undefined || this.#behind.size > 0 || !this.#queue.isEmpty);
  }

  /** Appends the next messages. @returns a value that follows them */
  #next(into: Buffer[]): ByteString {
    if (this.#lacking === undefined) this.#lookUp(into);
    const lacking = this.#lacking;
    if (lacking !== undefined) {
      const change = lacking.changes[lacking.at++];
      if (change !== undefined) return this.#send(into, lacking.stream, change);
      this.#lacking = undefined;
      this.#advance(into, lacking.stream, lacking.high);
      return '';
    }
    const change = this.#queue.shift();
    if (change === undefined) return '';
    const { vbucket, seqno } = change.document;
    const stream = this.#streams.get(vbucket);
    if (stream === undefined || seqno <= stream.sent) return '';
    // Every change up to the vBucket's last number is in the queue.
    if (seqno > stream.snapshotEnd) this.#mark(into, stream, this.bucket.sequence.seqno(vbucket), true);
    const value = this.#send(into, stream, change);
    if (stream.sent >= stream.end) this.#lacking = { stream, changes: [], at: 0, high: stream.sent };
    return value;
  }

  /** Finds out what the next stream lacks, if one lacks something. */
  #lookUp(into: Buffer[]): void {
    const [vbucket] = this.#behind;
    if (vbucket === undefined) return;
    this.#behind.delete(vbucket);
    const stream = this.#streams.get(vbucket);
    if (stream === undefined) return;
    const { sequence } = this.bucket;
    if (stream.sent > 0 && stream.sent < sequence.purgedSeqno(vbucket)) {
      // A deletion that it has not heard of is forgotten.
      into.push(streamEnd(stream, streamEnds.rollback));
      this.#streams.delete(vbucket);
      return;
    }
    const high = sequence.seqno(vbucket);
    if (high <= stream.sent) return this.#advance(into, stream, high);
    const { changes, lookedAt } = lookUp(this.bucket, vbucket, stream.sent);
    this.#lookedAt += lookedAt;
    this.#mark(into, stream, high, false);
    this.#lacking = { stream, changes, at: 0, high };
  }

  #send(into: Buffer[], stream: Stream, { collection, document }: Change): ByteString {
    stream.sent = document.seqno;
    if (document.seqno > stream.end) return '';
    if (collection !== 0 && !this.told.collections) {
      if (document.seqno === stream.snapshotEnd) into.push(seqnoAdvanced(stream, document.seqno));
      return '';
    }
    const { bytes, value } = documentMessage(document, collection, stream, this.told);
    into.push(bytes);
    return value;
  }

  #mark(into: Buffer[], stream: Stream, end: number, isFromMemory: boolean): void {
    into.push(snapshotMarker(stream, stream.sent + 1, end, isFromMemory));
    stream.snapshotEnd = end;
  }

  /** The consumer has everything up to here. */
  #advance(into: Buffer[], stream: Stream, to: number): void {
    if (stream.sent < to) {
      into.push(seqnoAdvanced(stream, Math.min(to, stream.end)));
      stream.sent = to;
    }
    if (stream.sent < stream.end) return;
    into.push(streamEnd(stream, streamEnds.reached));
    this.close(stream.vbucket);
  }

  #forget(): void {
    this.#streams.clear();
    this.#queue.clear();
    this.#behind.clear();
    this.#lacking = undefined;
  }

  /** The queue is too long: what is in it is looked up when its turn comes. */
  #fallBehind(): void {
    this.#queue.clear();
    const { sequence } = this.bucket;
    for (const { vbucket, sent } of this.#streams.values())
      if (sent < sequence.seqno(vbucket)) this.#behind.add(vbucket);
  }

  #wakeLater(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      this.#wake();
    });
  }
}
