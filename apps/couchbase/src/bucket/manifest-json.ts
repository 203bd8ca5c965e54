import type { Collections } from './collections.ts';

/** The manifest's number as every answer has it: hexadecimal text, never a number, or clients abort. */
export function manifestUid(collections: Collections): string {
  return collections.uid.toString(16);
}

/** The manifest as GET_COLLECTIONS_MANIFEST and /pools/default/buckets/BUCKET/scopes give it (Couchbase "Collections: manifest"). */
export function manifestJson(collections: Collections) {
  return {
    uid: manifestUid(collections),
    scopes: collections.scopes.map((scope) => ({
      name: scope.name,
      uid: scope.id.toString(16),
      collections: [...scope.collections.values()].map(({ id, name, maxTtl }) => ({
        name,
        uid: id.toString(16),
        maxTTL: maxTtl,
        history: false,
      })),
    })),
  };
}
