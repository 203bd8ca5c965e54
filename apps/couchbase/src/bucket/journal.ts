import type { Cas } from '../wire/cas.ts';
import type { CollectionsState } from './collections-state.ts';
import type { Document } from './document.ts';
import type { SequenceState } from './sequence.ts';

/**
 * Where a bucket records what happens to it, when it is kept on a disk. A record is of account only once it is committed; whoever tells
 * somebody of it sees to that.
 */
export interface BucketJournal {
  /** Whether a change of so many bytes can be recorded. When it cannot nothing may be changed. */
  admits(bytes: number): boolean;
  /** The same for what an administrator does. @throws LabError `state.disk-full` */
  require(bytes: number): void;
  /** Records a document as it was stored, or a tombstone. @param collection its number */
  document(collection: number, document: Document): void;
  /** A CAS was given that no stored document has. */
  cas(cas: Cas): void;
  /** Records all scopes and collections as they are after a change of one. */
  collections(state: CollectionsState): void;
  /** A design document was published, or is gone: no source then. */
  design(name: string, revision: number, source: unknown): void;
  /** Every document is gone, and a new history begins. @param uuidBase of its UUIDs */
  flush(uuidBase: number): void;
  /** Another history goes on from here. */
  sequence(state: SequenceState): void;
  /** The vBucket's last number that is on the disk. */
  persistedSeqno(vbucket: number): number;
  /** Resolves when all that was recorded up to now is on the disk. */
  persisted(): Promise<void>;
  /** Somebody asks how far the disk is: it should not be long. */
  hurry(): void;
}
