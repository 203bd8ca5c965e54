import { accessBits } from '../../auth/document-access.ts';
import type { Bucket } from '../../bucket/bucket.ts';
import type { DocumentStore } from '../../bucket/document-store.ts';
import { vbucketCount } from '../../bucket/vbucket.ts';
import { failure, type Response } from '../../wire/response.ts';
import type { RequestFrame } from '../../wire/frame.ts';
import { statuses, type Status } from '../../wire/status.ts';
import { mayUse, noRole } from '../access.ts';
import { unknownCollection } from '../collections.ts';
import type { HandlerContext } from '../handler.ts';
import type { Session } from '../session.ts';
import type { RangeScan } from './range-scans.ts';
import { ScanBatch } from './scan-batch.ts';
import { readScanRequest, type Snapshot } from './scan-request.ts';
import { selectKeys } from './select-keys.ts';

const idBytes = 16;

/** RANGE_SCAN_CREATE: notes which keys of a vBucket are asked for. Source: kv_engine, docs/range_scans/range_scan_create.md. */
export function createScan(bucket: Bucket, context: HandlerContext, frame: RequestFrame): Response {
  const { vbucket } = frame;
  if (vbucket >= vbucketCount) return { status: statuses.notMyVbucket };
  const asked = readScanRequest(frame.value);
  if (typeof asked === 'string') return failure(statuses.invalid, asked);
  const { collectionId, keysOnly, what, snapshot } = asked;
  const store = bucket.collections.store(collectionId);
  if (store === undefined) return unknownCollection(bucket, collectionId);
  if (!mayUse(context, bucket, { collectionId, needs: accessBits.read })) return noRole;
  const lacking = snapshot && checkSnapshot(store, vbucket, snapshot);
  if (lacking !== undefined) return { status: lacking };
  const keys = selectKeys(store, vbucket, what);
  if (keys.length === 0) return { status: statuses.notFound };
  const id = context.session.scans.open({ bucket, store, collectionId, vbucket, keysOnly, keys, done: 0 });
  return id === undefined ? { status: statuses.busy } : { status: statuses.success, value: id };
}

/** RANGE_SCAN_CONTINUE: the next keys, or documents, up to the client's limits and ours. Source: kv_engine, docs/range_scans/range_scan_continue.md. */
export function continueScan(bucket: Bucket, context: HandlerContext, frame: RequestFrame): Response {
  const { session } = context;
  const id = frame.extras.subarray(0, idBytes);
  const scan = session.scans.find(id);
  if (scan === undefined || scan.bucket !== bucket || scan.vbucket !== frame.vbucket)
    return { status: statuses.notFound };
  if (bucket.collections.store(scan.collectionId) !== scan.store) {
    session.scans.close(id);
    return unknownCollection(bucket, scan.collectionId);
  }
  // The user may have lost the role meanwhile.
  if (!mayUse(context, bucket, { collectionId: scan.collectionId, needs: accessBits.read })) return noRole;
  const batch = fill(scan, frame.extrasUint32(idBytes), frame.extrasUint32(idBytes + 8));
  const isOver = scan.done === scan.keys.length;
  if (isOver) session.scans.close(id);
  const extras = Buffer.alloc(4);
  extras.writeUInt32BE(scan.keysOnly ? 0 : 1);
  return { status: isOver ? statuses.rangeScanComplete : statuses.rangeScanMore, extras, value: batch.value };
}

/** RANGE_SCAN_CANCEL. Source: kv_engine, docs/range_scans/range_scan_cancel.md. */
export function cancelScan(session: Session, frame: RequestFrame): Response {
  return { status: session.scans.close(frame.extras) ? statuses.success : statuses.notFound };
}

function fill(scan: RangeScan, itemLimit: number, byteLimit: number): ScanBatch {
  const batch = new ScanBatch(scan.keysOnly, itemLimit, byteLimit);
  while (scan.done < scan.keys.length && !batch.isFull) {
    const document = scan.store.get(scan.keys[scan.done] ?? '');
    scan.done += 1;
    if (document !== undefined) batch.add(document);
  }
  return batch;
}

function checkSnapshot(
  store: DocumentStore,
  vbucket: number,
  { vbucketUuid, seqno, mustExist }: Snapshot,
): Status | undefined {
  if (vbucketUuid !== String(store.sequence.vbucketUuid(vbucket))) return statuses.rangeScanOtherHistory;
  if (seqno > store.sequence.seqno(vbucket)) return statuses.temporaryFailure;
  if (mustExist && !store.keysOf(vbucket).some((key) => store.get(key)?.seqno === seqno)) return statuses.notStored;
  return undefined;
}
