import type { Bucket } from '../bucket/bucket.ts';
import { defaultName } from '../bucket/collections.ts';
import { manifestJson, manifestUid } from '../bucket/manifest-json.ts';
import type { RequestFrame } from '../wire/frame.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses, type Status } from '../wire/status.ts';

/** GET_COLLECTIONS_MANIFEST. Source of all here: kv_engine, docs/Collections.md. */
export function getManifest(bucket: Bucket): Response {
  return {
    status: statuses.success,
    value: Buffer.from(JSON.stringify(manifestJson(bucket.collections))),
    datatype: 1,
  };
}

/** GET_COLLECTION_ID of `scope.collection`, each empty for `_default`: number of the manifest (u64) and the id (u32). */
export function getCollectionId(bucket: Bucket, frame: RequestFrame): Response {
  const names = pathOf(frame).split('.');
  const [scopeName, name] = names.map((part) => (part === '' ? defaultName : part));
  if (names.length !== 2 || scopeName === undefined || name === undefined)
    return failure(statuses.invalid, 'a collection is named as scope.collection');
  const scope = bucket.collections.scope(scopeName);
  if (scope === undefined) return unknown(bucket, statuses.unknownScope, `scope ${scopeName}`);
  const collection = scope.collections.get(name);
  if (collection === undefined) return unknown(bucket, statuses.unknownCollection, `collection ${scopeName}.${name}`);
  return { status: statuses.success, extras: idExtras(bucket, collection.id) };
}

/** GET_SCOPE_ID of `scope`, or of `scope.collection`. */
export function getScopeId(bucket: Bucket, frame: RequestFrame): Response {
  const name = pathOf(frame).split('.')[0] ?? '';
  const scope = bucket.collections.scope(name === '' ? defaultName : name);
  if (scope === undefined) return unknown(bucket, statuses.unknownScope, `scope ${name}`);
  return { status: statuses.success, extras: idExtras(bucket, scope.id) };
}

/** The answer to a command on a collection that is not there. */
export function unknownCollection(bucket: Bucket, id: number): Response {
  return unknown(bucket, statuses.unknownCollection, `collection 0x${id.toString(16)}`);
}

// Clients before 7.0 put the name into the key.
function pathOf(frame: RequestFrame): string {
  return (frame.valueBytes > 0 ? frame.value : frame.key).toString('utf8');
}

function idExtras({ collections }: Bucket, id: number): Buffer {
  const extras = Buffer.alloc(12);
  extras.writeBigUInt64BE(BigInt(collections.uid), 0);
  extras.writeUInt32BE(id, 8);
  return extras;
}

/** Says which manifest was asked, so that a client whose own is newer waits for the server. */
function unknown({ collections }: Bucket, status: Status, what: string): Response {
  const body = { manifest_uid: manifestUid(collections), error: { context: `there is no ${what}` } };
  return { status, value: Buffer.from(JSON.stringify(body)), datatype: 1 };
}
