import type { Document } from '../bucket/document.ts';
import { isExpired } from '../bucket/expired.ts';
import { documentDatatype, datatypes } from '../bucket/document-json.ts';
import { vbucketCount } from '../bucket/vbucket.ts';
import { toBytes, type ByteString } from '../wire/byte-string.ts';
import { casHigh, casLow } from '../wire/cas.ts';
import { headerBytes, magic, type RequestFrame } from '../wire/frame.ts';
import { decodeLeb128, encodeLeb128 } from '../wire/leb128.ts';
import { dcpOpcodes } from '../wire/opcodes.ts';
import { writeUint64 } from '../wire/response.ts';
import { readXattrs, xattrBytes } from './xattr-bytes.ts';

/* Messages of a stream of changes. Source of all layouts: kv_engine, docs/dcp/documentation/commands. */

/** What belongs to a message beside what it tells. */
export interface Envelope {
  readonly vbucket: number;
  /** The stream's: that of the request that began it. */
  readonly opaque: number;
}

/** What a consumer asked to be told. */
export interface Told {
  /** Keys begin with the number of their collection. */
  readonly collections: boolean;
  readonly xattrs: boolean;
  readonly values: boolean;
  readonly deleteTimes: boolean;
  readonly expirations: boolean;
}

/** A message: its bytes, and where the value is large that value for itself, so that nobody copies it at once. */
export interface Message {
  readonly bytes: Buffer;
  readonly value: ByteString;
}

/** Values up to here are in the message's own bytes. */
const smallValueBytes = 16 * 1024;

/** A document or tombstone as a mutation, deletion or expiration. */
export function documentMessage(document: Document, collection: number, envelope: Envelope, told: Told): Message {
  const key = told.collections
    ? Buffer.concat([encodeLeb128(collection), toBytes(document.key)])
    : toBytes(document.key);
  const withXattrs = told.xattrs && document.xattrs !== '';
  const xattrs = withXattrs ? xattrBytes(document.xattrs) : nothing;
  const value = told.values ? document.value : '';
  const inside = value.length <= smallValueBytes;
  const { opcode, extras } = headOf(document, told);
  const datatype =
    documentDatatype(document) & ~(withXattrs ? 0 : datatypes.xattr) & (told.values ? 0xff : datatypes.xattr);
  const bytes = Buffer.alloc(headerBytes + extras.length + key.length + xattrs.length + (inside ? value.length : 0));
  writeHeader(bytes, opcode, envelope, {
    extras: extras.length,
    key: key.length,
    body: extras.length + key.length + xattrs.length + value.length,
    datatype,
  });
  bytes.writeUInt32BE(casHigh(document.cas), 16);
  bytes.writeUInt32BE(casLow(document.cas), 20);
  const keyAt = headerBytes + extras.copy(bytes, headerBytes);
  const valueAt = keyAt + key.copy(bytes, keyAt) + xattrs.copy(bytes, keyAt + key.length);
  if (inside) bytes.write(value, valueAt, 'latin1');
  return { bytes, value: inside ? '' : value };
}

const nothing = Buffer.alloc(0);

function headOf(document: Document, told: Told): { readonly opcode: number; readonly extras: Buffer } {
  const { seqno, revision, flags, expiry, deleted } = document;
  const expired = deleted && told.expirations && isExpired(document);
  const size = !deleted ? 31 : expired ? 20 : told.deleteTimes ? 21 : 18;
  const extras = Buffer.alloc(size);
  writeUint64(extras, 0, seqno);
  writeUint64(extras, 8, revision);
  if (!deleted) {
    extras.writeUInt32BE(flags, 16);
    extras.writeUInt32BE(expiry, 20);
    return { opcode: dcpOpcodes.mutation, extras };
  }
  if (size > 18) extras.writeUInt32BE(expiry, 16);
  return { opcode: expired ? dcpOpcodes.expiration : dcpOpcodes.deletion, extras };
}

/** A document as a message tells of it, and its collection. Text says what is wrong with the message. */
export function readDocumentMessage(
  frame: RequestFrame,
  told: Pick<Told, 'collections'>,
): { readonly collection: number; readonly document: Document } | string {
  const { opcode, extras, vbucket, datatype } = frame;
  const deleted = opcode !== dcpOpcodes.mutation;
  if (!(deleted ? [18, 20, 21] : [31]).includes(extras.length)) return `extras of ${extras.length} bytes`;
  if (vbucket >= vbucketCount) return `vBucket ${vbucket}`;
  const prefix = told.collections ? decodeLeb128(frame.key) : { value: 0, size: 0 };
  if (prefix === undefined) return 'a key without the number of its collection';
  if ((datatype & datatypes.snappy) !== 0) return 'a compressed value, which nobody asked for';
  const attributes = (datatype & datatypes.xattr) === 0 ? { xattrs: '', size: 0 } : readXattrs(frame.value);
  if (attributes === undefined) return 'attributes that are not well formed';
  return {
    collection: prefix.value,
    document: {
      value: deleted ? '' : frame.valueText(attributes.size),
      key: frame.keyText(prefix.size),
      xattrs: attributes.xattrs,
      flags: deleted ? 0 : extras.readUInt32BE(16),
      cas: frame.cas,
      expiry: deleted ? (extras.length > 18 ? extras.readUInt32BE(16) : 0) : extras.readUInt32BE(20),
      seqno: readUint64(extras, 0),
      vbucket,
      revision: readUint64(extras, 8),
      deleted,
    },
  };
}

/** What follows belongs to a snapshot, from one number to another. */
export function snapshotMarker(envelope: Envelope, start: number, end: number, isFromMemory: boolean): Buffer {
  const extras = Buffer.alloc(20);
  writeUint64(extras, 0, start);
  writeUint64(extras, 8, end);
  extras.writeUInt32BE(isFromMemory ? 1 : 2, 16);
  return message(dcpOpcodes.snapshotMarker, envelope, extras);
}

/** The vBucket has come as far as this; what was there in between is not told. */
export function seqnoAdvanced(envelope: Envelope, seqno: number): Buffer {
  const extras = Buffer.alloc(8);
  writeUint64(extras, 0, seqno);
  return message(dcpOpcodes.seqnoAdvanced, envelope, extras);
}

/** Why a stream ends. */
export const streamEnds = { reached: 0, closed: 1, stateChanged: 2, rollback: 6 } as const;

/** DCP_STREAM_END (kv_engine, docs/dcp/documentation/commands/stream-end.md): 4 bytes of extras say why. Pure. @param why one of `streamEnds` */
export function streamEnd(envelope: Envelope, why: number): Buffer {
  const extras = Buffer.alloc(4);
  extras.writeUInt32BE(why, 0);
  return message(dcpOpcodes.streamEnd, envelope, extras);
}

/** A message without key and value. */
export function message(opcode: number, envelope: Envelope, extras: Buffer = nothing): Buffer {
  const bytes = Buffer.alloc(headerBytes + extras.length);
  writeHeader(bytes, opcode, envelope, { extras: extras.length, key: 0, body: extras.length, datatype: 0 });
  extras.copy(bytes, headerBytes);
  return bytes;
}

/** 64 bits as a number; above 2^53 it is not exact. */
export function readUint64(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

function writeHeader(
  bytes: Buffer,
  opcode: number,
  { vbucket, opaque }: Envelope,
  lengths: { readonly extras: number; readonly key: number; readonly body: number; readonly datatype: number },
): void {
  bytes.writeUInt8(magic.request, 0);
  bytes.writeUInt8(opcode, 1);
  bytes.writeUInt16BE(lengths.key, 2);
  bytes.writeUInt8(lengths.extras, 4);
  bytes.writeUInt8(lengths.datatype, 5);
  bytes.writeUInt16BE(vbucket, 6);
  bytes.writeUInt32BE(lengths.body, 8);
  bytes.writeUInt32BE(opaque, 12);
}
