import { documentDatatype } from '../bucket/document-json.ts';
import type { Document } from '../bucket/document.ts';
import { lock, unlock } from '../bucket/lock-operations.ts';
import { concatenate, count, remove, touch, write } from '../bucket/operations.ts';
import { lockedCas } from '../wire/cas.ts';
import { opcodes } from '../wire/opcodes.ts';
import { writeUint64, type Response } from '../wire/response.ts';
import { statuses, type Status } from '../wire/status.ts';
import { mutated, refused, type DocumentCommand, type DocumentRequest } from './document-request.ts';

/** Commands on whole documents. Source: Couchbase "memcached binary protocol". */
export const dataCommands: ReadonlyMap<number, DocumentCommand> = new Map<number, DocumentCommand>([
  [opcodes.get, { extrasBytes: [0], run: get }],
  [opcodes.getWithKey, { extrasBytes: [0], run: getWithKey }],
  [opcodes.set, { extrasBytes: [8], run: (request: DocumentRequest) => store(request, 'set') }],
  [opcodes.add, { extrasBytes: [8], run: (request: DocumentRequest) => store(request, 'add') }],
  [opcodes.replace, { extrasBytes: [8], run: (request: DocumentRequest) => store(request, 'replace') }],
  [opcodes.delete, { extrasBytes: [0], run: erase }],
  [opcodes.increment, { extrasBytes: [20], run: (request: DocumentRequest) => counter(request, 1n) }],
  [opcodes.decrement, { extrasBytes: [20], run: (request: DocumentRequest) => counter(request, -1n) }],
  [opcodes.append, { extrasBytes: [0], run: (request: DocumentRequest) => extend(request, 'append') }],
  [opcodes.prepend, { extrasBytes: [0], run: (request: DocumentRequest) => extend(request, 'prepend') }],
  [opcodes.touch, { extrasBytes: [4], run: touchOnly }],
  [opcodes.getAndTouch, { extrasBytes: [4], run: getAndTouch }],
  [opcodes.getLocked, { extrasBytes: [0, 4], run: getLocked }],
  [opcodes.unlock, { extrasBytes: [0], run: release }],
  [opcodes.getMeta, { extrasBytes: [0, 1], run: getMeta }],
]);

function get({ store, key }: DocumentRequest): Response {
  const document = store.get(key);
  if (document === undefined) return missing;
  const { flags, value } = document;
  return { status: statuses.success, flags, value, cas: store.locks.isLocked(key) ? lockedCas : document.cas };
}

/** The key comes back as it was sent, with the number of its collection. */
function getWithKey(request: DocumentRequest): Response {
  return { ...get(request), key: request.frame.key };
}

function store(request: DocumentRequest, mode: 'set' | 'add' | 'replace'): Response {
  const { frame, framing, key } = request;
  const result = write(request.store, mode, {
    key,
    value: frame.valueText(),
    flags: frame.extrasUint32(0),
    expiry: frame.extrasUint32(4),
    cas: frame.cas,
    preserveExpiry: framing.preserveExpiry === true,
  });
  return written(request, result);
}

function erase(request: DocumentRequest): Response {
  return written(request, remove(request.store, request.key, request.frame.cas));
}

function extend(request: DocumentRequest, side: 'append' | 'prepend'): Response {
  const { key, frame } = request;
  return written(request, concatenate(request.store, side, { key, value: frame.valueText(), cas: frame.cas }));
}

function counter(request: DocumentRequest, sign: 1n | -1n): Response {
  const { extras, cas } = request.frame;
  const result = count(request.store, {
    key: request.key,
    delta: sign * extras.readBigUInt64BE(0),
    initial: extras.readBigUInt64BE(8),
    expiry: extras.readUInt32BE(16),
    cas,
  });
  if (typeof result === 'number') return refused(request, result);
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(result.total);
  return { ...mutated(request, result.document), value };
}

function touchOnly(request: DocumentRequest): Response {
  const result = touch(request.store, request.key, request.frame.extrasUint32(0));
  return typeof result === 'number' ? refused(request, result) : { status: statuses.success, cas: result.cas };
}

function getAndTouch(request: DocumentRequest): Response {
  return withValue(request, touch(request.store, request.key, request.frame.extrasUint32(0)));
}

function getLocked(request: DocumentRequest): Response {
  const { store, key, frame } = request;
  return withValue(request, lock(store, key, frame.extrasBytes === 0 ? 0 : frame.extrasUint32(0)));
}

function release(request: DocumentRequest): Response {
  return refused(request, unlock(request.store, request.key, request.frame.cas));
}

/** Deleted (u32), flags (u32), expiry (u32), revision (u64) and, asked for by version 2, datatype (u8): what exists() reads. */
function getMeta({ store, key, frame }: DocumentRequest): Response {
  const document = store.find(key);
  if (document === undefined) return missing;
  const withDatatype = frame.extrasBytes === 1 && frame.extras[0] === 2;
  const extras = Buffer.alloc(withDatatype ? 21 : 20);
  extras.writeUInt32BE(Number(document.deleted), 0);
  extras.writeUInt32BE(document.flags, 4);
  extras.writeUInt32BE(document.expiry, 8);
  writeUint64(extras, 12, document.revision);
  if (withDatatype) extras[20] = documentDatatype(document);
  return { status: statuses.success, extras, cas: store.locks.isLocked(key) ? lockedCas : document.cas };
}

const missing: Response = { status: statuses.notFound };

function withValue(request: DocumentRequest, result: Document | Status): Response {
  if (typeof result === 'number') return refused(request, result);
  const { flags, value, cas } = result;
  return { status: statuses.success, flags, value, cas };
}

function written(request: DocumentRequest, result: Document | Status): Response {
  return typeof result === 'number' ? refused(request, result) : mutated(request, result);
}
