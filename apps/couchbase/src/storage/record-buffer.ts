import type { ByteString } from '../wire/byte-string.ts';
import { frameHeadBytes } from './frames.ts';
import { storageLimits } from './limits.ts';

/** Records on their way into one frame, little-endian, with the frame's head left free before them. */
export class RecordBuffer {
  #bytes: Buffer;
  #view: DataView;
  #at = frameHeadBytes;

  /** @param capacity bytes, the frame's head counted */
  constructor(capacity: number = storageLimits.frameBytes) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Nothing was recorded since `take`. */
  get isEmpty(): boolean {
    return this.#at === frameHeadBytes;
  }

  /** Bytes of the frame, its head counted. */
  get size(): number {
    return this.#at;
  }

  /** Whether so many bytes can be appended. Nothing below asks again. */
  fits(bytes: number): boolean {
    return this.#at + bytes <= this.#bytes.length;
  }

  /** Appends one byte. */
  uint8(value: number): void {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
  }

  /** Appends two bytes. */
  uint16(value: number): void {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  /** Appends four bytes. */
  uint32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** Appends a number as eight bytes (IEEE 754), which holds a CAS or a sequence number exactly. */
  float64(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Appends a text, one byte a character, without its length. */
  text(text: ByteString): void {
    // A call into V8's native code costs more than a few characters here.
    if (text.length > 24) {
      this.#at += this.#bytes.write(text, this.#at, 'latin1');
      return;
    }
    for (let index = 0; index < text.length; index++) this.#bytes[this.#at + index] = text.charCodeAt(index);
    this.#at += text.length;
  }

  /** Appends bytes, without their number. */
  bytes(bytes: Buffer): void {
    this.#at += bytes.copy(this.#bytes, this.#at);
  }

  /** Bytes of the frame when it is full. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** A larger one, with the records that this one has. */
  withRoomFor(bytes: number): RecordBuffer {
    const larger = new RecordBuffer(this.#at + bytes);
    larger.#at += this.#bytes.copy(larger.#bytes, frameHeadBytes, frameHeadBytes, this.#at);
    return larger;
  }

  /** The frame, without its head. It is valid until the next record. */
  take(): Buffer {
    const frame = this.#bytes.subarray(0, this.#at);
    this.#at = frameHeadBytes;
    return frame;
  }
}
