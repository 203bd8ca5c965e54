import { createHash, type Hash } from 'node:crypto';

const blockBytes = 64;

/** HMAC-MD5 (RFC 2104) under one key, of which only the two states that it begins with are kept, as CRAM-MD5 (RFC 2195) advises. */
export class HmacMd5 {
  readonly #inner: Hash;
  readonly #outer: Hash;

  constructor(key: string) {
    const bytes = Buffer.from(key);
    const block = Buffer.alloc(blockBytes);
    (bytes.length > blockBytes ? createHash('md5').update(bytes).digest() : bytes).copy(block);
    this.#inner = createHash('md5').update(block.map((byte) => byte ^ 0x36));
    this.#outer = createHash('md5').update(block.map((byte) => byte ^ 0x5c));
  }

  digest(data: string): Buffer {
    return this.#outer.copy().update(this.#inner.copy().update(data).digest()).digest();
  }
}
