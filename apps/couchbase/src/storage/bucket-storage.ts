import type { Bucket } from '../bucket/bucket.ts';
import type { CollectionsState } from '../bucket/collections-state.ts';
import type { Document } from '../bucket/document.ts';
import type { BucketJournal } from '../bucket/journal.ts';
import type { SequenceState } from '../bucket/sequence.ts';
import { vbucketCount } from '../bucket/vbucket.ts';
import type { Cas } from '../wire/cas.ts';
import { Journal, type JournalContext, type SyncObserver } from './journal.ts';
import { storageLimits } from './limits.ts';
import {
  documentRecordBytes,
  smallRecordBytes,
  writeCas,
  writeDocument,
  writeJson,
  type RecordReader,
} from './records.ts';
import type { SnapshotFile } from './snapshot-file.ts';

/** What happened to a bucket beside its documents, as JSON. */
type Event =
  | { readonly collections: CollectionsState }
  | { readonly design: string; readonly revision: number; readonly source?: unknown }
  | { readonly flush: number }
  | { readonly sequence: SequenceState };

/** A bucket's journal on a disk: records what happens to the bucket, and makes the bucket again from what was recorded. */
export class BucketStorage implements BucketJournal, SyncObserver {
  readonly #bucket: Bucket;
  readonly #journal: Journal;
  /** Of an ephemeral bucket only what is no document is kept. */
  readonly #keepsDocuments: boolean;
  /** Numbers of the vBuckets that are on the disk, and those that the fsync under way is about. */
  #persisted: readonly number[] = [];
  #underWay: readonly number[] = [];
  /** All is to be written anew whatever there is, because there is nothing. */
  #wasFlushed = false;
  /** Seconds until the next attempt to write all anew. */
  #pauseS = 0;

  private constructor(bucket: Bucket, journal: Journal) {
    this.#bucket = bucket;
    this.#journal = journal;
    this.#keepsDocuments = bucket.settings.type !== 'ephemeral';
    this.syncing();
    this.synced();
    journal.observer = this;
  }

  /**
   * Fills a bucket with what was recorded, and records what happens to it from now on.
   * @throws LabError as of Journal.open
   */
  static open(bucket: Bucket, directory: string, context: JournalContext): BucketStorage {
    const journal = Journal.open(directory, readerInto(bucket), context);
    // What clients hold of a history that lost its end may be of numbers that are given again.
    if (journal.wasCut) bucket.sequence.branch();
    const isOver = bucket.settings.type === 'ephemeral' && !journal.isNew;
    if (isOver) bucket.sequence.restart();
    const storage = new BucketStorage(bucket, journal);
    bucket.journal = storage;
    // A history has to be known before its first document.
    if (journal.isNew || journal.wasCut || isOver) storage.#event({ sequence: bucket.sequence.state });
    return storage;
  }

  /** The journal that it writes to: to commit and to close are for who has all of them. */
  get journal(): Journal {
    return this.#journal;
  }

  admits(bytes: number): boolean {
    return !this.#keepsDocuments || this.#journal.admits(bytes);
  }

  require(bytes: number): void {
    this.#journal.require(bytes);
  }

  document(collection: number, document: Document): void {
    if (!this.#keepsDocuments) return;
    const { key, xattrs, value } = document;
    const into = this.#journal.record(documentRecordBytes + key.length + xattrs.length + value.length);
    writeDocument(into, collection, document);
  }

  cas(cas: Cas): void {
    if (!this.#keepsDocuments) return;
    writeCas(this.#journal.record(smallRecordBytes), cas);
  }

  collections(state: CollectionsState): void {
    this.#event({ collections: state });
  }

  design(name: string, revision: number, source: unknown): void {
    this.#event({ design: name, revision, source });
  }

  sequence(state: SequenceState): void {
    this.#event({ sequence: state });
  }

  flush(uuidBase: number): void {
    this.#event({ flush: uuidBase });
    // What is on the disk of the new history is nothing yet.
    this.#persisted = [];
    this.#underWay = [];
    this.#wasFlushed = true;
    this.#pauseS = 0;
    void this.compact();
  }

  persistedSeqno(vbucket: number): number {
    return this.#keepsDocuments ? (this.#persisted[vbucket] ?? 0) : 0;
  }

  persisted(): Promise<void> {
    return this.#journal.persisted();
  }

  hurry(): void {
    this.#journal.hurry();
  }

  syncing(): void {
    this.#underWay = this.#bucket.sequence.state.seqnos.slice();
  }

  synced(): void {
    this.#persisted = this.#underWay;
  }

  /** Once a second: writes all anew when most of what is on the disk is of no account any more. */
  async tick(): Promise<void> {
    const { bytes, files } = this.#journal;
    this.#pauseS = Math.max(0, this.#pauseS - 1);
    const isWorthIt =
      this.#wasFlushed || bytes > 2 * this.#liveBytes() + storageLimits.slackBytes || files > storageLimits.files;
    if (isWorthIt && this.#pauseS === 0) await this.compact();
  }

  /** Writes all anew. Without room for that the old is kept, and it is tried again later. */
  async compact(): Promise<void> {
    const isDone = await this.#journal.compact((into) => this.#writeAll(into));
    if (isDone) this.#wasFlushed = false;
    else this.#pauseS = storageLimits.retryS;
  }

  /** About as many bytes as a snapshot would have. */
  #liveBytes(): number {
    const { itemCount, usedBytes } = this.#bucket;
    // The quota counts 210 bytes beyond a document's own.
    return Math.max(0, usedBytes - (210 - documentRecordBytes) * itemCount);
  }

  async #writeAll(into: SnapshotFile): Promise<void> {
    const { collections, designs, sequence } = this.#bucket;
    const event = (value: Event) => {
      const json = Buffer.from(JSON.stringify(value));
      writeJson(into.record(json.length + smallRecordBytes), json);
    };
    const ids = collections.state.scopes.flatMap((scope) => scope.collections.map(({ id }) => id));
    event({ sequence: sequence.state });
    event({ collections: collections.state });
    for (const { name, revision, source } of designs.list()) event({ design: name, revision, source });
    if (!this.#keepsDocuments) return;
    for (const id of ids) {
      for (let vbucket = 0; vbucket < vbucketCount; vbucket++) {
        // Looked up anew: the collection may be gone by now.
        for (const document of collections.store(id)?.allOf(vbucket) ?? []) {
          const { key, xattrs, value } = document;
          writeDocument(into.record(documentRecordBytes + key.length + xattrs.length + value.length), id, document);
          if (into.isDue) await into.turn();
        }
      }
    }
  }

  #event(event: Event): void {
    this.#journal.recordJson(event);
  }
}

function readerInto(bucket: Bucket): RecordReader {
  const { collections, sequence, designs } = bucket;
  return {
    document: (collection, document) => {
      sequence.raiseSeqno(document.vbucket, document.seqno);
      sequence.raiseCas(document.cas);
      // Of a collection that was being dropped nothing is kept.
      collections.store(collection)?.restore(document);
    },
    cas: (cas) => sequence.raiseCas(cas),
    json: (value) => {
      const event = value as Event;
      if ('collections' in event) collections.restore(event.collections);
      else if ('design' in event) designs.restore(event.design, event.revision, event.source);
      else if ('flush' in event) bucket.empty(event.flush);
      else sequence.restore(event.sequence);
    },
  };
}
