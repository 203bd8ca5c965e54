import { toByteString, type ByteString } from './byte-string.ts';
import { readCas, type Cas } from './cas.ts';

export const headerBytes = 24;
export const magic = { request: 0x80, altRequest: 0x08, response: 0x81 } as const;

/** Largest body taken, in bytes: a 20 MiB value, a 250-byte key and room for extras, as the real server's 30 MiB packet limit. */
export const maxBodyBytes = 30 * 1024 * 1024;

/**
 * How long the packet is whose header (24 bytes) begins at `at`, in bytes. Text instead when the header cannot be a request's: after that
 * nothing on the stream can be trusted, so the connection has to be closed.
 * @param takesAnswers an answer will do, too
 */
export function packetBytes(
  bytes: Buffer,
  at: number,
  limit: number = maxBodyBytes,
  takesAnswers = false,
): number | string {
  const kind = bytes[at];
  if (kind !== magic.request && kind !== magic.altRequest && !(takesAnswers && kind === magic.response)) {
    return `first byte of a request must be 0x80 or 0x08, got 0x${(kind ?? 0).toString(16).padStart(2, '0')}`;
  }
  const bodyBytes = bytes.readUInt32BE(at + 8);
  if (bodyBytes > limit) return `body of ${bodyBytes} bytes is over the limit of ${limit}`;
  const inner = framingBytesAt(bytes, at) + bytes.readUInt8(at + 4) + keyBytesAt(bytes, at);
  if (inner > bodyBytes) return `framing, extras and key take ${inner} bytes but the body has only ${bodyBytes}`;
  return headerBytes + bodyBytes;
}

function framingBytesAt(bytes: Buffer, at: number): number {
  return bytes[at] === magic.altRequest ? bytes.readUInt8(at + 2) : 0;
}

function keyBytesAt(bytes: Buffer, at: number): number {
  return bytes[at] === magic.altRequest ? bytes.readUInt8(at + 3) : bytes.readUInt16BE(at + 2);
}

/**
 * One request as it came off the wire. Its parts are views of the received bytes, made when they are asked for: most commands need few of
 * them, and a view costs more than the rest of a small request. Copy (`keyText`, `valueText`) what outlives the request.
 */
export class RequestFrame {
  readonly opcode: number;
  readonly datatype: number;
  readonly vbucket: number;
  readonly opaque: number;
  readonly cas: Cas;
  readonly framingBytes: number;
  readonly extrasBytes: number;
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #keyAt: number;
  readonly #valueAt: number;
  readonly #end: number;

  /** @param bytes holds the whole packet, whose header was checked @param start where it begins */
  constructor(bytes: Buffer, start: number) {
    this.opcode = bytes.readUInt8(start + 1);
    this.datatype = bytes.readUInt8(start + 5);
    this.vbucket = bytes.readUInt16BE(start + 6);
    this.opaque = bytes.readUInt32BE(start + 12);
    this.cas = readCas(bytes.readUInt32BE(start + 16), bytes.readUInt32BE(start + 20));
    this.framingBytes = framingBytesAt(bytes, start);
    this.extrasBytes = bytes.readUInt8(start + 4);
    this.#bytes = bytes;
    this.#start = start + headerBytes;
    this.#keyAt = this.#start + this.framingBytes + this.extrasBytes;
    this.#valueAt = this.#keyAt + keyBytesAt(bytes, start);
    this.#end = this.#start + bytes.readUInt32BE(start + 8);
  }

  /** It answers a request; `vbucket` is its status then. */
  get isAnswer(): boolean {
    return this.#bytes[this.#start - headerBytes] === magic.response;
  }

  /** Bytes of all of it. */
  get packetBytes(): number {
    return this.#end - this.#start + headerBytes;
  }

  /** Framing extras, which only the header 0x08 has; empty otherwise. */
  get framing(): Buffer {
    return this.#bytes.subarray(this.#start, this.#start + this.framingBytes);
  }

  /** The command's extras; empty when there are none. */
  get extras(): Buffer {
    return this.#bytes.subarray(this.#start + this.framingBytes, this.#keyAt);
  }

  /** The key, before it a collection's id where the session knows collections. */
  get key(): Buffer {
    return this.#bytes.subarray(this.#keyAt, this.#valueAt);
  }

  /** The value as it was sent: nothing is decompressed. */
  get value(): Buffer {
    return this.#bytes.subarray(this.#valueAt, this.#end);
  }

  /** Four bytes of the extras. @param at from their beginning */
  extrasUint32(at: number): number {
    return this.#bytes.readUInt32BE(this.#start + this.framingBytes + at);
  }

  /** Length of the key, which needs no view of it. */
  get keyBytes(): number {
    return this.#valueAt - this.#keyAt;
  }

  /** One byte of the key, undefined behind its end. */
  keyByte(index: number): number | undefined {
    return index < this.keyBytes ? this.#bytes[this.#keyAt + index] : undefined;
  }

  /** A copy of the key. @param from bytes left out at its beginning */
  keyText(from = 0): ByteString {
    return toByteString(this.#bytes, this.#keyAt + from, this.#valueAt);
  }

  /** Length of the value, which needs no view of it. */
  get valueBytes(): number {
    return this.#end - this.#valueAt;
  }

  /** A copy of the value. @param from bytes left out at its beginning */
  valueText(from = 0): ByteString {
    return toByteString(this.#bytes, this.#valueAt + from, this.#end);
  }
}
