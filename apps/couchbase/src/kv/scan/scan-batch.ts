import { depthOf } from '../../bucket/document-json.ts';
import type { Document } from '../../bucket/document.ts';
import { toByteString, type ByteString } from '../../wire/byte-string.ts';
import { casHigh, casLow } from '../../wire/cas.ts';
import { encodeLeb128 } from '../../wire/leb128.ts';
import { writeUint64 } from '../../wire/response.ts';

/** Bytes and documents of one answer, whatever the client allows: it asks for more. One document may pass the limit of bytes. */
const answerBytes = 1024 * 1024;
const answerItems = 10_000;

/** Flags, expiry, sequence number, CAS and datatype of a document. */
const metaBytes = 25;

/** Documents, or only their keys, in the form of an answer (kv_engine, docs/range_scans/range_scan_continue.md). */
export class ScanBatch {
  readonly #keysOnly: boolean;
  readonly #itemLimit: number;
  readonly #byteLimit: number;
  readonly #parts: ByteString[] = [];
  #items = 0;
  #size = 0;

  /** @param itemLimit 0 for none, as @param byteLimit */
  constructor(keysOnly: boolean, itemLimit: number, byteLimit: number) {
    this.#keysOnly = keysOnly;
    this.#itemLimit = Math.min(itemLimit === 0 ? Infinity : itemLimit, answerItems);
    this.#byteLimit = Math.min(byteLimit === 0 ? Infinity : byteLimit, answerBytes);
  }

  /** It has reached a limit: `add` is not called any more. The last document may have carried it over its bytes. */
  get isFull(): boolean {
    return this.#items >= this.#itemLimit || this.#size >= this.#byteLimit;
  }

  /** Puts a document at the end, whole, whatever the limits. */
  add(document: Document): void {
    const { key, value } = document;
    if (!this.#keysOnly) this.#push(metaOf(document));
    this.#push(lengthOf(key), key);
    if (!this.#keysOnly) this.#push(lengthOf(value), value);
    this.#items += 1;
  }

  /** The value of the answer, in pieces. */
  get value(): readonly ByteString[] {
    return this.#parts;
  }

  #push(...parts: readonly ByteString[]): void {
    this.#parts.push(...parts);
    for (const { length } of parts) this.#size += length;
  }
}

function lengthOf({ length }: ByteString): ByteString {
  return toByteString(encodeLeb128(length));
}

function metaOf(document: Document): ByteString {
  const meta = Buffer.alloc(metaBytes);
  meta.writeUInt32BE(document.flags, 0);
  meta.writeUInt32BE(document.expiry, 4);
  writeUint64(meta, 8, document.seqno);
  meta.writeUInt32BE(casHigh(document.cas), 16);
  meta.writeUInt32BE(casLow(document.cas), 20);
  meta[24] = depthOf(document) < 0 ? 0 : 1;
  return toByteString(meta);
}
