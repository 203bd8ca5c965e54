import type { Bucket } from '../bucket/bucket.ts';
import type { Change } from './change-queue.ts';

/** What a vBucket has behind a number: each document in its last state, oldest change first; and how many were looked at. */
export function lookUp(
  { collections }: Bucket,
  vbucket: number,
  behind: number,
): { changes: Change[]; lookedAt: number } {
  const changes: Change[] = [];
  let lookedAt = 0;
  for (const [collection, store] of collections.storesById) {
    for (const document of store.allOf(vbucket)) {
      lookedAt += 1;
      if (document.seqno > behind) changes.push({ collection, document });
    }
  }
  changes.sort((left, right) => left.document.seqno - right.document.seqno);
  return { changes, lookedAt };
}
