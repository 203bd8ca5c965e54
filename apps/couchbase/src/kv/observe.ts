import type { Bucket } from '../bucket/bucket.ts';
import type { Document } from '../bucket/document.ts';
import { vbucketCount } from '../bucket/vbucket.ts';
import { toByteString } from '../wire/byte-string.ts';
import { casHigh, casLow } from '../wire/cas.ts';
import { decodeLeb128 } from '../wire/leb128.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { failure, writeUint64, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { noRole } from './access.ts';

/**
 * OBSERVE_SEQNO: how far a vBucket has come, in memory and on disk. Without a data directory what this server has accepted is as safe as it
 * will get, so a bucket that a real node would write to disk says the same number twice; an ephemeral one never says that it did.
 * Source: Couchbase "memcached binary protocol", Observe seqno.
 */
export function observeSeqno(bucket: Bucket, frame: RequestFrame): Response {
  const { vbucket } = frame;
  if (frame.valueBytes !== 8) return failure(statuses.invalid, 'the value has to be the UUID of the vBucket');
  if (vbucket >= vbucketCount) return { status: statuses.notMyVbucket };
  const { sequence, journal } = bucket;
  const value = Buffer.alloc(27);
  value.writeUInt8(0, 0);
  value.writeUInt16BE(vbucket, 1);
  writeUint64(value, 3, sequence.vbucketUuid(vbucket));
  const seqno = sequence.seqno(vbucket);
  const persisted = persistedSeqno(bucket, vbucket);
  // Who asks will ask again until it is so.
  if (persisted < seqno) journal?.hurry();
  writeUint64(value, 11, persisted);
  writeUint64(value, 19, seqno);
  return { status: statuses.success, value };
}

function persistedSeqno({ sequence, settings, journal }: Bucket, vbucket: number): number {
  if (settings.type === 'ephemeral') return 0;
  return journal === undefined ? sequence.seqno(vbucket) : journal.persistedSeqno(vbucket);
}

/** States of a key in OBSERVE's answer: of a document, and of one that is gone. */
const keyStates = { inMemory: 0x00, onDisk: 0x01, notFound: 0x80, deletedInMemory: 0x81 } as const;

/** OBSERVE: vBucket (u16), length (u16) and key, repeated; each comes back with its state and CAS. For clients before SDK 3. */
export function observe(
  bucket: Bucket,
  frame: RequestFrame,
  hasCollections: boolean,
  mayRead: (collectionId: number) => boolean,
): Response {
  const asked = frame.value;
  const parts: Buffer[] = [];
  for (let at = 0; at < asked.length;) {
    const keyAt = at + 4;
    const end = keyAt <= asked.length ? keyAt + asked.readUInt16BE(at + 2) : Infinity;
    if (end > asked.length) return failure(statuses.invalid, 'the last key is cut off');
    const key = asked.subarray(keyAt, end);
    const prefix = hasCollections ? decodeLeb128(key) : { value: 0, size: 0 };
    if (prefix === undefined) return failure(statuses.invalid, 'a key does not start with a collection id');
    if (!mayRead(prefix.value)) return noRole;
    const document = bucket.collections.store(prefix.value)?.find(toByteString(key, prefix.size));
    parts.push(asked.subarray(at, end), stateOf(bucket, document));
    at = end;
  }
  return { status: statuses.success, value: Buffer.concat(parts) };
}

function stateOf(bucket: Bucket, document: Document | undefined): Buffer {
  const state = Buffer.alloc(9);
  const isPersisted = document === undefined || document.seqno <= persistedSeqno(bucket, document.vbucket);
  if (!isPersisted) bucket.journal?.hurry();
  const cas = document === undefined || document.deleted ? 0 : document.cas;
  if (cas === 0) state.writeUInt8(isPersisted ? keyStates.notFound : keyStates.deletedInMemory, 0);
  else state.writeUInt8(isPersisted ? keyStates.onDisk : keyStates.inMemory, 0);
  state.writeUInt32BE(casHigh(cas), 1);
  state.writeUInt32BE(casLow(cas), 5);
  return state;
}

/** GET_REPLICA: no vBucket is a replica here; a node says so with the map of who has it. */
export function getReplica(clusterMap: () => unknown): Response {
  return { status: statuses.notMyVbucket, value: Buffer.from(JSON.stringify(clusterMap())), datatype: 1 };
}
