import { isRecord } from '#errors/is-record.ts';
import { wire, type ByteForm } from '../wire.ts';
import type { RawEvent } from './changes.ts';

/** A message of a v3 watch with previous values, its events by revision. */
export interface RawWatch {
  readonly created: boolean;
  readonly canceled: boolean;
  /** > 0: history before this revision is gone, and the watch wanted some of it. */
  readonly compactRevision: number;
  /** etcd never tells a revision in two messages. */
  readonly revisions: RawEvent[][];
}

/** @param message a WatchResponse of etcd's rpc.proto in its JSON mapping, but for bytes */
export function readWatchMessage(form: ByteForm, message: unknown): RawWatch {
  const { created, canceled, compactRevision } = wire.readWatch(form, message);
  const revisions: RawEvent[][] = [];
  const events: readonly unknown[] = isRecord(message) && Array.isArray(message['events']) ? message['events'] : [];
  for (const raw of events) {
    const event = readEvent(form, raw);
    const last = revisions.at(-1);
    if (event && last?.[0]?.kv.modRevision === event.kv.modRevision) last.push(event);
    else if (event) revisions.push([event]);
  }
  return { created, canceled, compactRevision, revisions };
}

function readEvent(form: ByteForm, raw: unknown): RawEvent | undefined {
  if (!isRecord(raw)) return undefined;
  const [kv] = wire.readRange(form, { kvs: [raw['kv']] }).items;
  const [before] = raw['prev_kv'] === undefined ? [] : wire.readRange(form, { kvs: [raw['prev_kv']] }).items;
  return kv && { type: raw['type'] === 'DELETE' ? 'delete' : 'put', kv, before };
}
