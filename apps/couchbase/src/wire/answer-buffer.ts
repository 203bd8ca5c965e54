import type { ByteString } from './byte-string.ts';
import { casHigh, casLow } from './cas.ts';
import { headerBytes, magic } from './frame.ts';
import type { AnswerValue, Response } from './response.ts';

/** Where answers are packed one behind the other, until they are taken all at once. */
export class AnswerBuffer {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #size = 0;

  /** @param capacity bytes; an answer without its value always has to fit */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, capacity);
  }

  /** Bytes that wait to be taken. */
  get size(): number {
    return this.#size;
  }

  /**
   * Packs an answer (magic 0x81: also HELLO's own answer must be plain).
   * @returns false when its value does not fit: it is left out, and belongs right behind what is here
   */
  add(request: { readonly opcode: number; readonly opaque: number }, response: Response): boolean {
    const { value = '' } = response;
    const bytes = lengthOf(value);
    this.#addHead(request, response, bytes);
    if (this.#size + bytes > this.#bytes.length) return false;
    if (typeof value === 'string') this.#addText(value);
    else if (Buffer.isBuffer(value)) this.#size += value.copy(this.#bytes, this.#size);
    else for (const piece of value) this.#addText(piece);
    return true;
  }

  /** Packs whole packets. @returns false when they do not fit: they are left out, and belong right behind what is here */
  addPackets(packets: Buffer): boolean {
    if (this.#size + packets.length > this.#bytes.length) return false;
    this.#size += packets.copy(this.#bytes, this.#size);
    return true;
  }

  /** Forgets what was not taken. */
  clear(): void {
    this.#size = 0;
  }

  /** A copy of what is here, which is empty then. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#size));
    this.#size = 0;
    return taken;
  }

  #addText(text: ByteString): void {
    this.#size += this.#bytes.write(text, this.#size, 'latin1');
  }

  #addHead(
    request: { readonly opcode: number; readonly opaque: number },
    response: Response,
    valueBytes: number,
  ): void {
    const { extras, flags, token, key, cas = 0, datatype = 0 } = response;
    const keyBytes = key === undefined ? 0 : key.length;
    const extrasBytes = flags !== undefined ? 4 : token !== undefined ? 16 : extras === undefined ? 0 : extras.length;
    const view = this.#view;
    const at = this.#size;
    view.setUint16(at, (magic.response << 8) | request.opcode);
    view.setUint16(at + 2, keyBytes);
    view.setUint16(at + 4, (extrasBytes << 8) | datatype);
    view.setUint16(at + 6, response.status);
    view.setUint32(at + 8, extrasBytes + keyBytes + valueBytes);
    view.setUint32(at + 12, request.opaque);
    view.setUint32(at + 16, casHigh(cas));
    view.setUint32(at + 20, casLow(cas));
    const extrasAt = at + headerBytes;
    if (flags !== undefined) view.setUint32(extrasAt, flags);
    else if (token !== undefined) {
      setUint64(view, extrasAt, token.vbucketUuid);
      setUint64(view, extrasAt + 8, token.seqno);
    } else extras?.copy(this.#bytes, extrasAt);
    key?.copy(this.#bytes, extrasAt + extrasBytes);
    this.#size = extrasAt + extrasBytes + keyBytes;
  }
}

function lengthOf(value: AnswerValue): number {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value.length;
  return value.reduce((sum, piece) => sum + piece.length, 0);
}

/** A whole number below 2^53 as 64 bits. */
function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value % 2 ** 32);
}
