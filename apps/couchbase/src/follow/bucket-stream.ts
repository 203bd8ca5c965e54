import { connect, type Socket } from 'node:net';
import type { Bucket } from '../bucket/bucket.ts';
import { historiesOf } from '../bucket/histories.ts';
import { vbucketCount } from '../bucket/vbucket.ts';
import { readDocumentMessage, readUint64 } from '../dcp/messages.ts';
import { features } from '../wire/features.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import { dcpOpcodes, opcodes } from '../wire/opcodes.ts';
import { writeUint64 } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { packet } from './packet.ts';

/** Silence after which the origin gives a sign of life, s; after which it is given up, ms. */
const noopS = 5;
const silenceMs = 20_000;

/** Bytes of changes that may be on their way. */
const bufferBytes = 4 * 1024 * 1024;

const told = { collections: true };

/** What a stream needs of the follower. */
export interface StreamContext {
  readonly host: string;
  readonly kvPort: number;
  readonly user: string;
  readonly password: string;
  /** Writes what was recorded: nobody is told of anything before. */
  commit(): void;
  /** Asks the origin for its collections. Does not fail. */
  refresh(): Promise<void>;
}

/** One bucket's changes as they come from its origin, over one connection: from where the bucket is, for as long as the connection lives. */
export class BucketStream {
  /** Resolves, with the reason, when there is no connection any more. */
  readonly ended: Promise<string>;
  readonly #bucket: Bucket;
  readonly #context: StreamContext;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #logs: { readonly uuid: number; readonly seqno: number }[][] = [];
  /** Start and end of the snapshot in hand, by vBucket. */
  readonly #snapshots = new Map<number, { readonly start: number; readonly end: number }>();
  /** Collections that were asked for and are not there. */
  readonly #skipped = new Set<number>();
  #answers = 0;
  #mustGoBack = false;
  #unacknowledged = 0;
  #isWorking = false;
  #end: (reason: string) => void = () => undefined;

  constructor(bucket: Bucket, context: StreamContext) {
    this.#bucket = bucket;
    this.#context = context;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#reader.takesAnswers = true;
    this.#socket = connect({ host: context.host, port: context.kvPort, noDelay: true });
    this.#socket.setTimeout(silenceMs, () => this.stop(`the origin said nothing for ${silenceMs} ms`));
    this.#socket.on('connect', () => this.#begin());
    this.#socket.on('error', ({ message: why }) => this.stop(why));
    this.#socket.on('close', () => this.stop('the origin closed the connection'));
    this.#socket.on('data', (chunk) => {
      this.#reader.push(chunk);
      void this.#work();
    });
  }

  /** Every vBucket's stream has begun. */
  get isStreaming(): boolean {
    return this.#answers === vbucketCount && !this.#socket.destroyed;
  }

  /** Numbers up to which the bucket lacks nothing: of a snapshot that has not come to its end, what was before it. */
  get wholeUpTo(): number[] {
    return this.#bucket.sequence.state.seqnos.map((seqno, vbucket) => {
      const snapshot = this.#snapshots.get(vbucket);
      return snapshot === undefined || seqno >= snapshot.end ? seqno : Math.min(seqno, snapshot.start - 1);
    });
  }

  /** Closes the connection; `ended` resolves with the first reason that is given. */
  stop(reason: string): void {
    this.#socket.destroy();
    this.#end(reason);
  }

  #begin(): void {
    const { user, password } = this.#context;
    const wanted = [features.xattr, features.xerror, features.json, features.collections];
    const list = Buffer.concat(wanted.map((feature) => Buffer.from([0, feature])));
    const openExtras = Buffer.alloc(8);
    // Producer, with attributes, with times of deletions.
    openExtras.writeUInt32BE(0x01 | 0x04 | 0x20, 4);
    const controls = {
      connection_buffer_size: bufferBytes,
      set_noop_interval: noopS,
      enable_noop: true,
      enable_expiry_opcode: true,
    };
    this.#socket.write(
      Buffer.concat([
        packet(opcodes.hello, { key: 'coreos-lab follower', value: list }),
        packet(opcodes.saslAuth, { key: 'PLAIN', value: `\0${user}\0${password}` }),
        packet(opcodes.selectBucket, { key: this.#bucket.name }),
        packet(dcpOpcodes.open, { key: `follower:${process.pid}`, extras: openExtras }),
        ...Object.entries(controls).map(([key, value]) => packet(dcpOpcodes.control, { key, value: String(value) })),
        ...Array.from({ length: vbucketCount }, (_, vbucket) => this.#streamRequest(vbucket)),
      ]),
    );
  }

  #streamRequest(vbucket: number): Buffer {
    const { sequence } = this.#bucket;
    const seqno = sequence.seqno(vbucket);
    const extras = Buffer.alloc(48);
    writeUint64(extras, 8, seqno);
    extras.fill(0xff, 16, 24);
    writeUint64(extras, 24, sequence.vbucketUuid(vbucket));
    writeUint64(extras, 32, seqno);
    writeUint64(extras, 40, seqno);
    return packet(dcpOpcodes.streamRequest, { extras, vbucket, opaque: vbucket });
  }

  /** Works on all that has come. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
        if (this.#socket.destroyed) return;
        const lacks = frame.isAnswer ? this.#answered(frame) : this.#told(frame);
        if (!lacks) continue;
        // A collection that is newer than what is known of them, or gone already.
        this.#socket.pause();
        await this.#context.refresh();
        this.#socket.resume();
        this.#told(frame);
      }
      this.#context.commit();
      this.#acknowledge();
    } catch (error) {
      this.stop(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isWorking = false;
    }
  }

  #acknowledge(): void {
    if (this.#unacknowledged === 0 || this.#socket.destroyed) return;
    const extras = Buffer.alloc(4);
    extras.writeUInt32BE(this.#unacknowledged, 0);
    this.#unacknowledged = 0;
    this.#socket.write(packet(dcpOpcodes.bufferAcknowledgement, { extras }));
  }

  #answered(frame: RequestFrame): false {
    const { opcode, opaque, vbucket: status } = frame;
    if (opcode !== dcpOpcodes.streamRequest) {
      if (status !== statuses.success)
        throw new Error(`the origin refuses command 0x${opcode.toString(16)}, status 0x${status.toString(16)}`);
      return false;
    }
    if (status !== statuses.success && status !== statuses.rollback)
      throw new Error(`the origin refuses the stream of vBucket ${opaque}, status 0x${status.toString(16)}`);
    this.#answers += 1;
    if (status === statuses.rollback) this.#mustGoBack = true;
    else this.#logs[opaque] = readLog(frame.value);
    if (this.#answers === vbucketCount) this.#allBegun();
    return false;
  }

  /** Documents are kept in their last state only: who has to go back begins anew. */
  #allBegun(): void {
    const bucket = this.#bucket;
    if (this.#mustGoBack) {
      const had = bucket.itemCount;
      bucket.flush();
      this.stop(`bucket ${bucket.name} had changes that its origin does not have: its ${had} documents come anew`);
      return;
    }
    const histories = historiesOf(this.#logs);
    if (histories === undefined) throw new Error('the failover logs of the origin do not belong together');
    const { sequence, journal } = bucket;
    if (JSON.stringify(histories) === JSON.stringify(sequence.histories.list)) return;
    sequence.histories.restore(histories);
    journal?.sequence(sequence.state);
  }

  /** @returns whether the collection is not known */
  #told(frame: RequestFrame): boolean {
    const { opcode, vbucket, extras } = frame;
    if (opcode === dcpOpcodes.noop) {
      this.#socket.write(packet(dcpOpcodes.noop, { isAnswer: true, opaque: frame.opaque }));
      return false;
    }
    const isChange =
      opcode === dcpOpcodes.mutation || opcode === dcpOpcodes.deletion || opcode === dcpOpcodes.expiration;
    if (isChange && !this.#adopt(frame)) return true;
    this.#unacknowledged += frame.packetBytes;
    if (opcode === dcpOpcodes.snapshotMarker)
      this.#snapshots.set(vbucket, { start: readUint64(extras, 0), end: readUint64(extras, 8) });
    else if (opcode === dcpOpcodes.seqnoAdvanced) this.#bucket.sequence.raiseSeqno(vbucket, readUint64(extras, 0));
    else if (opcode === dcpOpcodes.streamEnd)
      throw new Error(`the origin ended the stream of vBucket ${vbucket}, reason ${extras.readUInt32BE(0)}`);
    else if (!isChange) throw new Error(`the origin sent 0x${opcode.toString(16)}`);
    return false;
  }

  /** @returns false when the collection is not known, and was not asked for before */
  #adopt(frame: RequestFrame): boolean {
    const read = readDocumentMessage(frame, told);
    if (typeof read === 'string') throw new Error(`the origin sent a change with ${read}`);
    const { collection, document } = read;
    const { sequence, collections } = this.#bucket;
    const store = collections.store(collection);
    if (store === undefined) {
      const isGone = this.#skipped.has(collection);
      this.#skipped.add(collection);
      // Ids are given once: a collection that was asked for and is not there is gone.
      if (isGone) sequence.raiseSeqno(document.vbucket, document.seqno);
      return isGone;
    }
    const refusal = store.adopt(document);
    if (refusal !== undefined) throw new Error(`no room for a change: ${refusal}`);
    return true;
  }
}

function readLog(value: Buffer): { readonly uuid: number; readonly seqno: number }[] {
  return Array.from({ length: Math.floor(value.length / 16) }, (_, index) => ({
    uuid: readUint64(value, 16 * index),
    seqno: readUint64(value, 16 * index + 8),
  }));
}
