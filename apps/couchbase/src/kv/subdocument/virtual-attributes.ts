import { depthOf } from '../../bucket/document-json.ts';
import type { Document } from '../../bucket/document.ts';
import type { DocumentStore } from '../../bucket/document-store.ts';
import { xattrNames } from '../../subdocument/xattrs.ts';
import type { ByteString } from '../../wire/byte-string.ts';
import { casHex, casSeconds } from '../../wire/cas.ts';
import { crc32c } from './crc32c.ts';

/** A virtual attribute as a JSON object of its name and value, or undefined when there is none of that name. */
export function virtualAttribute(name: ByteString, store: DocumentStore, document: Document): ByteString | undefined {
  switch (name) {
    case '$document':
      return JSON.stringify({ $document: documentAttribute(store, document) });
    case '$XTOC':
      return JSON.stringify({ $XTOC: xattrNames(document.xattrs) });
    case '$vbucket':
      return JSON.stringify({ $vbucket: { HLC: { mode: 'real', now: String(Math.floor(store.nowMs / 1000)) } } });
    default:
      return undefined;
  }
}

/** What is known of a document beside its value; every field has to be there, or clients abort. Source: kv_engine, docs/ExtendedAttributes.md. */
export function documentAttribute(store: DocumentStore, document: Document) {
  return {
    CAS: `0x${casHex(document.cas)}`,
    datatype: datatypeNames(document),
    deleted: document.deleted,
    exptime: document.expiry,
    flags: document.flags,
    last_modified: String(casSeconds(document.cas)),
    revid: String(document.revision),
    seqno: hex64(document.seqno),
    value_bytes: document.value.length,
    value_crc32c: hex32(crc32c(document.value)),
    vbucket_uuid: hex64(store.sequence.vbucketUuid(document.vbucket)),
  };
}

function datatypeNames(document: Document): string[] {
  const names = [...(depthOf(document) >= 0 ? ['json'] : []), ...(document.xattrs === '' ? [] : ['xattr'])];
  return names.length === 0 ? ['raw'] : names;
}

/** A whole number below 2^53 as `0x` and 16 digits. */
export function hex64(value: number): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}

/** A number of 32 bits as `0x` and 8 hex digits, as in `$document`. Pure. */
export function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
