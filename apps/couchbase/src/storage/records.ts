import type { Document } from '../bucket/document.ts';
import { toByteString } from '../wire/byte-string.ts';
import type { Cas } from '../wire/cas.ts';
import type { RecordBuffer } from './record-buffer.ts';

/** What a record is, by its first byte. */
const kinds = { document: 1, json: 2, cas: 3 } as const;

/** Bytes of a document's record beyond its key, attributes and value. */
export const documentRecordBytes = 48;
/** Bytes of the two other kinds, beyond the JSON text. */
export const smallRecordBytes = 16;

/** Whom records are read to. */
export interface RecordReader {
  /** A document as it was stored, or a tombstone. */
  document(collection: number, document: Document): void;
  /** Whatever else was recorded, as its writer had it (`writeJson`). */
  json(value: unknown): void;
  /** A CAS was given that no stored document has. */
  cas(cas: Cas): void;
}

/** Appends a document, or a tombstone. */
export function writeDocument(into: RecordBuffer, collection: number, document: Document): void {
  const { key, xattrs, value } = document;
  into.uint8(kinds.document);
  into.uint8(document.deleted ? 1 : 0);
  into.uint16(document.vbucket);
  into.uint32(collection);
  into.uint32(document.flags);
  into.uint32(document.expiry);
  into.float64(document.cas);
  into.float64(document.seqno);
  into.uint32(document.revision);
  into.uint32(key.length);
  into.uint32(xattrs.length);
  into.uint32(value.length);
  into.text(key);
  into.text(xattrs);
  into.text(value);
}

/** Appends what is written seldom: JSON, in UTF-8. */
export function writeJson(into: RecordBuffer, json: Buffer): void {
  into.uint8(kinds.json);
  into.uint32(json.length);
  into.bytes(json);
}

/** Appends a CAS that was given to somebody and is no stored document's: none before it may be given again. */
export function writeCas(into: RecordBuffer, cas: Cas): void {
  into.uint8(kinds.cas);
  into.float64(cas);
}

/** Reads all records of a frame. @throws RangeError, SyntaxError for what no version of this server can have written */
export function readRecords(payload: Buffer, reader: RecordReader): void {
  for (let at = 0; at < payload.length;) {
    const kind = payload.readUInt8(at);
    if (kind === kinds.document) at = readDocument(payload, at, reader);
    else if (kind === kinds.json) {
      const end = at + 5 + payload.readUInt32LE(at + 1);
      reader.json(JSON.parse(payload.toString('utf8', at + 5, end)));
      at = end;
    } else if (kind === kinds.cas) {
      reader.cas(payload.readDoubleLE(at + 1));
      at += 9;
    } else throw new RangeError(`there is no record of kind ${kind}`);
  }
}

function readDocument(payload: Buffer, at: number, reader: RecordReader): number {
  const keyAt = at + documentRecordBytes;
  const xattrsAt = keyAt + payload.readUInt32LE(at + 36);
  const valueAt = xattrsAt + payload.readUInt32LE(at + 40);
  const end = valueAt + payload.readUInt32LE(at + 44);
  if (end > payload.length) throw new RangeError('a document runs over the end of its frame');
  reader.document(payload.readUInt32LE(at + 4), {
    value: toByteString(payload, valueAt, end),
    key: toByteString(payload, keyAt, xattrsAt),
    xattrs: toByteString(payload, xattrsAt, valueAt),
    flags: payload.readUInt32LE(at + 8),
    cas: payload.readDoubleLE(at + 16),
    expiry: payload.readUInt32LE(at + 12),
    seqno: payload.readDoubleLE(at + 24),
    vbucket: payload.readUInt16LE(at + 2),
    revision: payload.readUInt32LE(at + 32),
    deleted: payload.readUInt8(at + 1) === 1,
  });
  return end;
}
