import type { ByteString } from '../wire/byte-string.ts';
import type { Cas } from '../wire/cas.ts';
import { statuses, type Status } from '../wire/status.ts';
import type { Document } from './document.ts';
import type { DocumentStore } from './document-store.ts';
import { orStatus } from './operations.ts';

/** Seconds a lock lasts when nobody says, and at most (Couchbase bucket parameters getl_default_timeout, getl_max_timeout). */
const standardSeconds = 15;
const longestSeconds = 30;

/** GET_LOCKED: the document under the CAS that unlocks it. @param seconds 0, or more than 30, for the standard time */
export function lock(store: DocumentStore, key: ByteString, seconds: number): Document | Status {
  const before = store.get(key);
  if (before === undefined) return statuses.notFound;
  if (store.locks.isLocked(key)) return statuses.locked;
  return orStatus(store.lock(before, seconds === 0 || seconds > longestSeconds ? standardSeconds : seconds));
}

/** UNLOCK_KEY, with the CAS that GET_LOCKED gave. */
export function unlock(store: DocumentStore, key: ByteString, cas: Cas): Status {
  const document = store.get(key);
  if (document === undefined) return statuses.notFound;
  if (!store.locks.isLocked(key)) return statuses.notLocked;
  if (document.cas !== cas) return statuses.locked;
  store.locks.release(key);
  return statuses.success;
}
