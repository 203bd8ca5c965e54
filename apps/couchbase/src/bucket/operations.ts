import { compact, type ByteString } from '../wire/byte-string.ts';
import type { Cas } from '../wire/cas.ts';
import { statuses, type Status } from '../wire/status.ts';
import { maxValueBytes, type Document } from './document.ts';
import type { DocumentStore } from './document-store.ts';
import type { Draft } from './next-document.ts';
import type { Refusal } from './shared.ts';
import { systemXattrs } from '../subdocument/xattrs.ts';

/** What a write asks for. `expiry` as on the wire; `cas` 0 means any. */
export interface Write {
  readonly key: ByteString;
  readonly value: ByteString;
  readonly flags: number;
  readonly expiry: number;
  readonly cas: Cas;
  readonly preserveExpiry: boolean;
}

/** SET, ADD or REPLACE. A status instead of the document says why not. */
export function write(store: DocumentStore, mode: 'set' | 'add' | 'replace', wanted: Write): Document | Status {
  const { key, value, flags, cas } = wanted;
  const before = store.get(key);
  if (mode === 'add' && before !== undefined) return statuses.exists;
  if (before === undefined && (mode === 'replace' || cas !== 0)) return statuses.notFound;
  const refused = before === undefined ? undefined : admit(store, before, cas);
  if (refused !== undefined) return refused;
  const kept = wanted.preserveExpiry ? before?.expiry : undefined;
  const expiry = kept ?? store.expiryFromNow(wanted.expiry);
  // A whole new value has no attributes of the one before but those of the system.
  const xattrs = before === undefined || before.xattrs === '' ? '' : systemXattrs(before.xattrs);
  return put(store, { key, value, xattrs, flags, expiry });
}

/** DELETE. */
export function remove(store: DocumentStore, key: ByteString, cas: Cas): Document | Status {
  const before = store.get(key);
  if (before === undefined) return statuses.notFound;
  const refused = admit(store, before, cas);
  if (refused !== undefined) return refused;
  return orStatus(store.bury(key, before.xattrs === '' ? '' : systemXattrs(before.xattrs), before.flags));
}

/** APPEND or PREPEND: keeps flags and expiry, needs an existing document. */
export function concatenate(
  store: DocumentStore,
  side: 'append' | 'prepend',
  wanted: Pick<Write, 'key' | 'value' | 'cas'>,
): Document | Status {
  const before = store.get(wanted.key);
  if (before === undefined) return statuses.notStored;
  const refused = admit(store, before, wanted.cas);
  if (refused !== undefined) return refused;
  const { key, xattrs, flags, expiry } = before;
  if (before.value.length + wanted.value.length > maxValueBytes) return statuses.tooBig;
  const value = compact(side === 'append' ? before.value + wanted.value : wanted.value + before.value);
  return put(store, { key, value, xattrs, flags, expiry });
}

/** What INCREMENT and DECREMENT ask for; `delta` is negative to count down. */
export interface Count {
  readonly key: ByteString;
  readonly delta: bigint;
  readonly initial: bigint;
  readonly expiry: number;
  readonly cas: Cas;
}

const doNotCreate = 0xffff_ffff;

/** INCREMENT (wraps at 2^64) or DECREMENT (stops at 0) of a decimal text. */
export function count(store: DocumentStore, wanted: Count): { document: Document; total: bigint } | Status {
  const before = store.get(wanted.key);
  if (before === undefined && wanted.expiry === doNotCreate) return statuses.notFound;
  const refused = before === undefined ? undefined : admit(store, before, wanted.cas);
  if (refused !== undefined) return refused;
  const current = before === undefined ? undefined : readCounter(before.value);
  if (before !== undefined && current === undefined) return statuses.deltaBadValue;
  const sum = (current ?? 0n) + wanted.delta;
  const total = current === undefined ? wanted.initial : sum < 0n ? 0n : BigInt.asUintN(64, sum);
  const document = put(store, {
    key: wanted.key,
    value: String(total),
    xattrs: before?.xattrs ?? '',
    flags: before?.flags ?? 0,
    expiry: before?.expiry ?? store.expiryFromNow(wanted.expiry),
  });
  return typeof document === 'number' ? document : { document, total };
}

/** TOUCH and the writing half of GET-AND-TOUCH: the one mutation that a lock does not let through whatever the CAS. */
export function touch(store: DocumentStore, key: ByteString, expiry: number): Document | Status {
  const before = store.get(key);
  if (before === undefined) return statuses.notFound;
  if (store.locks.isLocked(key)) return statuses.locked;
  const { value, xattrs, flags } = before;
  return put(store, { key, value, xattrs, flags, expiry: store.expiryFromNow(expiry) });
}

/** May a write with this CAS change the document? A lock asks for the CAS that it was answered with. */
export function admit(store: DocumentStore, before: Document, cas: Cas): Status | undefined {
  if (cas === before.cas) return undefined;
  if (store.locks.isLocked(before.key)) return statuses.locked;
  return cas === 0 ? undefined : statuses.exists;
}

/** Stores a draft within the limits of size. */
export function put(store: DocumentStore, draft: Draft, cas?: Cas): Document | Status {
  if (draft.value.length > maxValueBytes) return statuses.tooBig;
  return orStatus(store.put(draft, cas));
}

/** The status of a write that was refused. A full disk is a temporary failure, as on a real node: nothing was changed. */
export function orStatus(result: Document | Refusal): Document | Status {
  if (typeof result !== 'string') return result;
  return result === 'full' ? statuses.noMemory : statuses.temporaryFailure;
}

function readCounter(value: ByteString): bigint | undefined {
  if (!/^\d{1,20}$/u.test(value)) return undefined;
  const number = BigInt(value);
  return number <= 0xffff_ffff_ffff_ffffn ? number : undefined;
}
