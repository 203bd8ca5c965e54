import { createHash } from 'node:crypto';
import { compressed, finished, firstState } from './md5.ts';

const blockBytes = 64;

/** HMAC-MD5 (RFC 2104) under one key, of which only the two states that it begins with are kept, as CRAM-MD5 (RFC 2195) advises. */
export class HmacMd5 {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  private constructor(inner: Buffer, outer: Buffer) {
    this.#inner = inner;
    this.#outer = outer;
  }

  /** Under a key of any length, in UTF-8; one of more than 64 bytes is hashed first, as RFC 2104 says. */
  static of(key: string): HmacMd5 {
    const bytes = Buffer.from(key);
    const block = Buffer.alloc(blockBytes);
    (bytes.length > blockBytes ? createHash('md5').update(bytes).digest() : bytes).copy(block);
    const state = (mask: number) => compressed(firstState, Buffer.from(block.map((byte) => byte ^ mask)));
    return new HmacMd5(state(0x36), state(0x5c));
  }

  /** The two states, as `restored` takes them. */
  get states(): Buffer {
    return Buffer.concat([this.#inner, this.#outer]);
  }

  /** Makes it again without the key. @param states 32 bytes, from `states` */
  static restored(states: Buffer): HmacMd5 {
    return new HmacMd5(states.subarray(0, 16), states.subarray(16));
  }

  /** The code of a text in UTF-8, 16 bytes. */
  digest(data: string): Buffer {
    return finished(this.#outer, finished(this.#inner, Buffer.from(data)));
  }
}
