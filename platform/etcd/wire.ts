import type { Changes, Guard, KeyValue, StoreEvent, Write } from './store.ts';

/**
 * etcd v3 messages (rpc.proto, kv.proto of etcd 3.4) to and from the store's own values. gRPC and the JSON gateway use the same
 * field names; int64 arrives as a string (or not at all when 0, proto3 JSON mapping), so every number is read leniently.
 */
export const wire = {
  /** SortTarget KEY ascending is the default order of a range. @param stale true: from the member's own copy (serializable) */
  rangeRequest: (form: ByteForm, key: string, prefix: boolean, stale = false) => ({
    ...keyRange(form, key, prefix),
    ...(stale ? { serializable: true } : {}),
  }),
  /** Filters by revision are applied to what is returned, not to what is counted (etcd API reference, RangeRequest). */
  changesRequest: (form: ByteForm, prefix: string, revision: number) => ({
    ...keyRange(form, prefix, true),
    min_mod_revision: String(revision + 1),
    keys_only: true,
  }),
  putRequest: (form: ByteForm, key: string, value: string, lease = '0') => ({
    key: form.encode(Buffer.from(key)),
    value: form.encode(Buffer.from(value)),
    lease,
  }),
  deleteRequest: (form: ByteForm, key: string, prefix: boolean) => keyRange(form, key, prefix),
  txnRequest: (form: ByteForm, guards: readonly Guard[], writes: readonly Write[]) => ({
    compare: guards.map((guard) => compareOf(form, guard)),
    success: writes.map((write) =>
      'put' in write
        ? { request_put: wire.putRequest(form, write.put, write.value, write.lease) }
        : { request_delete_range: wire.deleteRequest(form, write.delete, write.prefix ?? false) },
    ),
    failure: [],
  }),
  watchRequest: (form: ByteForm, prefix: string, startRevision: number | undefined) => ({
    create_request: {
      ...keyRange(form, prefix, true),
      progress_notify: true,
      ...(startRevision === undefined ? {} : { start_revision: String(startRevision) }),
    },
  }),
  /** The revision at which it was done; undefined when a guard did not hold. */
  readTransaction(message: unknown): number | undefined {
    const { header, succeeded } = message as { header?: RawHeader; succeeded?: boolean };
    return succeeded === true ? revisionOf(header) : undefined;
  },
  readRange(form: ByteForm, message: unknown): { items: KeyValue[]; revision: number } {
    const { kvs, header } = message as { kvs?: RawKeyValue[]; header?: RawHeader };
    return { items: (kvs ?? []).map((kv) => readKeyValue(form, kv)), revision: revisionOf(header) };
  },
  readChanges(form: ByteForm, message: unknown): Changes {
    const { items, revision } = wire.readRange(form, message);
    const { count } = message as { count?: Int };
    return { keys: items.map(({ key }) => key), count: int(count), revision };
  },
  readWatch(form: ByteForm, message: unknown): WatchMessage {
    const raw = message as RawWatchResponse;
    return {
      created: raw.created ?? false,
      canceled: raw.canceled ?? false,
      cancelReason: raw.cancel_reason ?? '',
      compactRevision: int(raw.compact_revision),
      revision: revisionOf(raw.header),
      events: (raw.events ?? []).map((event) => readEvent(form, event)),
    };
  },
  int,
};

/** How this transport carries protobuf `bytes`. */
export interface ByteForm {
  /** Bytes as they stand in a request. */
  encode(bytes: Buffer): unknown;
  /** A field of an answer as text in UTF-8; empty where there is none. */
  decode(field: unknown): string;
}

export type WireMethod =
  'range' | 'put' | 'deleteRange' | 'txn' | 'leaseGrant' | 'leaseRevoke' | 'leaseTimeToLive' | 'leaseKeepAlive';

export interface WatchMessage {
  readonly created: boolean;
  readonly canceled: boolean;
  readonly cancelReason: string;
  /** > 0 when the watch was refused because history before this revision is gone. */
  readonly compactRevision: number;
  readonly revision: number;
  readonly events: StoreEvent[];
}

/** The first key after every key with this prefix: the prefix with its last byte that is not 0xff raised by one. */
export function prefixEnd(prefix: string): Buffer {
  const end = Buffer.from(prefix);
  for (let i = end.length - 1; i >= 0; i--) {
    const byte = end[i] ?? 0xff;
    if (byte < 0xff) {
      end[i] = byte + 1;
      return end.subarray(0, i + 1);
    }
  }
  return Buffer.from([0]); // etcd: "all keys from `key` on"
}

type Int = string | number | undefined;
type RawHeader = { readonly revision?: Int };
type RawKeyValue = {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly version?: Int;
  readonly create_revision?: Int;
  readonly mod_revision?: Int;
  readonly lease?: Int;
};
type RawEvent = { readonly type?: string; readonly kv?: RawKeyValue };
type RawWatchResponse = {
  readonly header?: RawHeader;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly cancel_reason?: string;
  readonly compact_revision?: Int;
  readonly events?: RawEvent[];
};

function keyRange(form: ByteForm, key: string, prefix: boolean) {
  // An empty key is not a key: etcd's "every key" is the range from \0 to \0.
  const start = key === '' ? Buffer.from([0]) : Buffer.from(key);
  return { key: form.encode(start), ...(prefix ? { range_end: form.encode(prefixEnd(key)) } : {}) };
}

/** Compare.CompareResult EQUAL = 0, GREATER = 1; Compare.CompareTarget VERSION = 0, MOD = 2, VALUE = 3. */
function compareOf(form: ByteForm, guard: Guard) {
  const key = form.encode(Buffer.from(guard.key));
  if ('absent' in guard) return { key, result: 0, target: 0, version: '0' };
  if ('exists' in guard) return { key, result: 1, target: 0, version: '0' };
  if ('modRevision' in guard) return { key, result: 0, target: 2, mod_revision: String(guard.modRevision) };
  return { key, result: 0, target: 3, value: form.encode(Buffer.from(guard.value)) };
}

function readKeyValue(form: ByteForm, raw: RawKeyValue): KeyValue {
  return {
    key: form.decode(raw.key),
    value: form.decode(raw.value),
    version: int(raw.version),
    createRevision: int(raw.create_revision),
    modRevision: int(raw.mod_revision),
    lease: String(raw.lease ?? '0'),
  };
}

function readEvent(form: ByteForm, raw: RawEvent): StoreEvent {
  const kv = readKeyValue(form, raw.kv ?? {});
  // gRPC by proto-loader says `Delete`, the gateway `DELETE` (and leaves PUT, the default, out).
  const type = String(raw.type ?? '').toLowerCase() === 'delete' ? 'delete' : 'put';
  return { type, key: kv.key, value: kv.value, revision: kv.modRevision, version: kv.version };
}

function revisionOf(header: RawHeader | undefined): number {
  return int(header?.revision);
}

/** Undefined for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An object's fields; undefined for what is no object. */
export function fields(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

function int(field: unknown): number {
  return typeof field === 'string' || typeof field === 'number' ? Number(field) : 0;
}
