import type { ByteForm } from '#platform/etcd/wire.ts';
import type { Guard, KeyValue, StoreEvent, Write } from '#platform/etcd/store.ts';

/**
 * The server's side of `platform/etcd/wire.ts`: requests and answers in the shapes of etcd's rpc.proto. `bytes` are strings of one
 * character a byte.
 */
export const byteForm: ByteForm = {
  encode: (bytes) => bytes.toString('latin1'),
  decode: (field) => (typeof field === 'string' ? utf8(field) : ''),
};

function utf8(bytes: string): string {
  // Mostly plain ASCII, which is the same in both.
  for (let i = 0; i < bytes.length; i++)
    if (bytes.charCodeAt(i) > 127) return Buffer.from(bytes, 'latin1').toString('utf8');
  return bytes;
}

function latin1(text: string): string {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return Buffer.from(text).toString('latin1');
  return text;
}

interface WireRange {
  readonly key: string;
  readonly range_end?: string;
}
interface WirePut {
  readonly key: string;
  readonly value: string;
  readonly lease?: string;
}
interface WireCompare {
  readonly key: string;
  readonly target: number;
  readonly result: number;
  readonly value?: string;
  readonly mod_revision?: string;
}
interface WireTxn {
  readonly compare: readonly WireCompare[];
  readonly success: readonly ({ readonly request_put: WirePut } | { readonly request_delete_range: WireRange })[];
}

/** A range is one key, or all that begin with it: fleet asks for no others. */
export function readRange(request: object): { key: string; prefix: boolean } {
  const { key, range_end } = request as WireRange;
  const start = utf8(key);
  return { key: start === '\0' ? '' : start, prefix: range_end !== undefined };
}

/** Only keys that were put at this revision or later are returned, without their values; all are counted (rpc.proto, RangeRequest). */
function readRangeFilter(request: object): { from: number; keysOnly: boolean } {
  const { min_mod_revision: from, keys_only } = request as { min_mod_revision?: string; keys_only?: boolean };
  return { from: Number(from ?? 0), keysOnly: keys_only === true };
}

/** A PutRequest (etcd, rpc.proto) as a write of the model. Pure. */
export function readPut(request: object): Write {
  const { key, value, lease } = request as WirePut;
  return { put: utf8(key), value: utf8(value), ...(lease !== undefined && { lease }) };
}

/** A DeleteRangeRequest as a write of the model. Pure. */
export function readDelete(request: object): Write {
  const { key, prefix } = readRange(request);
  return { delete: key, prefix };
}

/** A TxnRequest: what must hold, and what is written then. Pure. */
export function readTransaction(request: object): { guards: Guard[]; writes: Write[] } {
  const { compare, success } = request as WireTxn;
  return {
    guards: compare.map(readCompare),
    writes: success.map((one) =>
      'request_put' in one ? readPut(one.request_put) : readDelete(one.request_delete_range),
    ),
  };
}

/** CompareTarget VERSION = 0, MOD = 2, VALUE = 3; CompareResult EQUAL = 0, GREATER = 1. */
function readCompare(compare: WireCompare): Guard {
  const key = utf8(compare.key);
  if (compare.target === 2) return { key, modRevision: Number(compare.mod_revision) };
  if (compare.target === 3) return { key, value: utf8(compare.value ?? '') };
  return compare.result === 1 ? { key, exists: true } : { key, absent: true };
}

/** A WatchCreateRequest: the prefix, and the revision to begin with; undefined: with the next change. Pure. */
export function readWatchRequest(request: object): { prefix: string; from: number | undefined } {
  const { create_request: create } = request as { create_request: WireRange & { start_revision?: string } };
  const from = create.start_revision === undefined ? undefined : Number(create.start_revision);
  return { prefix: readRange(create).key, from };
}

/** @param request what was asked for: a filter by revision may be in it */
export function writeRange(request: object, items: readonly KeyValue[], revision: number): object {
  const { from, keysOnly } = readRangeFilter(request);
  const wanted = items.filter(({ modRevision }) => modRevision >= from);
  return {
    count: String(items.length),
    kvs: wanted.map(keysOnly ? wireKey : wireKeyValue),
    header: header(revision),
  };
}

/** What was written of each: a key is read some thousand times an hour, and changed now and then. */
const written = new WeakMap<KeyValue, object>();

function wireKeyValue(kv: KeyValue): object {
  const known = written.get(kv);
  if (known !== undefined) return known;
  const wire = { ...wireKey(kv), value: latin1(kv.value) };
  written.set(kv, wire);
  return wire;
}

function wireKey(kv: KeyValue): object {
  return {
    key: latin1(kv.key),
    version: String(kv.version),
    create_revision: String(kv.createRevision),
    mod_revision: String(kv.modRevision),
    lease: kv.lease,
  };
}

/** @param events of one revision, as one response: a transaction is seen whole */
export function writeEvents(events: readonly StoreEvent[], revision: number): object {
  return {
    events: events.map(({ type, key, value, version, revision: at }) => ({
      // PUT is proto3's default, and left out.
      ...(type === 'delete' && { type: 'DELETE' }),
      kv: { key: latin1(key), value: latin1(value), version: String(version), mod_revision: String(at) },
    })),
    header: header(revision),
  };
}

/** A ResponseHeader: of its fields only the revision is looked at. Pure. */
export function header(revision: number): object {
  return { revision: String(revision) };
}
