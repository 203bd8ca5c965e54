import { statuses, type Status } from '../wire/status.ts';
import { maxValueBytes, type Document } from './document.ts';
import type { DocumentStore, Mutation } from './document-store.ts';

/** What a write asks for. `expiry` as on the wire; `cas` 0 means any. */
export interface Write {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly flags: number;
  readonly expiry: number;
  readonly cas: bigint;
  readonly preserveExpiry: boolean;
}

/** SET, ADD or REPLACE. A status instead of the document says why not. */
export function write(store: DocumentStore, mode: 'set' | 'add' | 'replace', wanted: Write): Document | Status {
  const before = store.get(wanted.key);
  if (mode === 'add' && before !== undefined) return statuses.exists;
  const mismatch = mode === 'replace' || wanted.cas !== 0n ? checkCas(before, wanted.cas) : undefined;
  if (mismatch !== undefined) return mismatch;
  const kept = wanted.preserveExpiry ? before?.expiry : undefined;
  return put(store, { ...wanted, expiry: kept ?? store.expiryFromNow(wanted.expiry) });
}

/** DELETE. */
export function remove(store: DocumentStore, key: Buffer, cas: bigint): Mutation | Status {
  const before = store.get(key);
  if (before === undefined) return statuses.notFound;
  return checkCas(before, cas) ?? store.remove(before);
}

/** APPEND or PREPEND: keeps flags and expiry, needs an existing document. */
export function concatenate(
  store: DocumentStore,
  side: 'append' | 'prepend',
  wanted: Pick<Write, 'key' | 'value' | 'cas'>,
): Document | Status {
  const before = store.get(wanted.key);
  if (before === undefined) return statuses.notStored;
  const mismatch = checkCas(before, wanted.cas);
  if (mismatch !== undefined) return mismatch;
  const parts = side === 'append' ? [before.value, wanted.value] : [wanted.value, before.value];
  return put(store, { ...before, value: Buffer.concat(parts) });
}

/** What INCREMENT and DECREMENT ask for; `delta` is negative to count down. */
export interface Count {
  readonly key: Buffer;
  readonly delta: bigint;
  readonly initial: bigint;
  readonly expiry: number;
}

const doNotCreate = 0xffff_ffff;

/** INCREMENT (wraps at 2^64) or DECREMENT (stops at 0) of a decimal text. */
export function count(store: DocumentStore, wanted: Count): { document: Document; total: bigint } | Status {
  const before = store.get(wanted.key);
  if (before === undefined && wanted.expiry === doNotCreate) return statuses.notFound;
  const current = before === undefined ? undefined : readCounter(before.value);
  if (before !== undefined && current === undefined) return statuses.deltaBadValue;
  const sum = (current ?? 0n) + wanted.delta;
  const total = current === undefined ? wanted.initial : sum < 0n ? 0n : BigInt.asUintN(64, sum);
  const expiry = before?.expiry ?? store.expiryFromNow(wanted.expiry);
  const document = put(store, {
    key: wanted.key,
    value: Buffer.from(String(total)),
    flags: before?.flags ?? 0,
    expiry,
  });
  return typeof document === 'number' ? document : { document, total };
}

/** TOUCH and the writing half of GET-AND-TOUCH. */
export function touch(store: DocumentStore, key: Buffer, expiry: number): Document | Status {
  const before = store.get(key);
  if (before === undefined) return statuses.notFound;
  return put(store, { ...before, expiry: store.expiryFromNow(expiry) });
}

function checkCas(before: Document | undefined, cas: bigint): Status | undefined {
  if (before === undefined) return statuses.notFound;
  return cas !== 0n && cas !== before.cas ? statuses.exists : undefined;
}

function put(store: DocumentStore, draft: Pick<Document, 'key' | 'value' | 'flags' | 'expiry'>): Document | Status {
  if (draft.value.length > maxValueBytes) return statuses.tooBig;
  const stored = store.put(draft);
  return stored === 'full' ? statuses.noMemory : stored;
}

function readCounter(value: Buffer): bigint | undefined {
  const text = value.toString('latin1');
  if (!/^\d{1,20}$/u.test(text)) return undefined;
  const number = BigInt(text);
  return number <= 0xffff_ffff_ffff_ffffn ? number : undefined;
}
