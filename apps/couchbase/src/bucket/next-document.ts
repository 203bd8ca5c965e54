import type { ByteString } from '../wire/byte-string.ts';
import type { Cas } from '../wire/cas.ts';
import type { Document } from './document.ts';
import type { Sequence } from './sequence.ts';

/** What a write wants stored. `expiry` is absolute Unix seconds. */
export type Draft = Pick<Document, 'key' | 'value' | 'xattrs' | 'flags' | 'expiry'>;

/** What comes in the place of another document, with the vBucket's next number. */
export function nextDocument({ before, sequence, vbucket, cas }: Place, draft: Draft, deleted: boolean): Document {
  return {
    // First what readers need: it shares a line of the processor's cache with the object's head.
    value: draft.value,
    flags: draft.flags,
    cas,
    expiry: draft.expiry,
    deleted,
    key: before === undefined ? draft.key : before.key,
    xattrs: draft.xattrs,
    seqno: sequence.nextSeqno(vbucket),
    vbucket,
    revision: before === undefined ? 1 : before.revision + 1,
  };
}

interface Place {
  readonly before: Document | undefined;
  readonly sequence: Sequence;
  readonly vbucket: number;
  readonly cas: Cas;
}

/** What a tombstone keeps of a document. @param nowMs time of the deletion */
export function burialOf(key: ByteString, xattrs: ByteString, flags: number, nowMs: number): Draft {
  return { key, value: '', xattrs, flags, expiry: Math.floor(nowMs / 1000) };
}
