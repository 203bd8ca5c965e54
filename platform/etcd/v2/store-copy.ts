import type { WatchStream } from '../connection.ts';
import type { KeyValue } from '../store.ts';
import type { RawEvent } from './changes.ts';
import type { NextPage, Page } from './member-wire.ts';
import type { RawWatch } from './raw-events.ts';

/** Every key of the store as it stood at one revision, which a watch moves on. */
export interface StoreCopy {
  /** Of every key all that was written up to here, and nothing that was written later. */
  readonly revision: number;
  /** Changes that it was told. */
  readonly changes: number;
  /** The key at that revision; undefined when there is none. */
  get(key: string): KeyValue | undefined;
  /** Whether it comes to that revision in time. */
  reaches(revision: number, withinMs: number): Promise<boolean>;
  /** It follows no more, and `onGone` is not called. */
  close(): void;
}

/** The member that is copied: what `Member` has of these. */
export interface CopySource {
  page(from: NextPage | undefined): Promise<Page>;
  watch(
    range: undefined,
    fromRevision: number,
    on: { onMessage(message: RawWatch): void; onEnd(error: Error): void },
    options: { readonly before: boolean },
  ): WatchStream;
}

/** What a key takes beside its text, about. */
const perKeyBytes = 200;

/**
 * Reads everything, and follows it.
 * @param mostBytes that it may take of memory
 * @param onGone it is of no use any more: it grew too large, or the watch ended. Not called after `close`
 * @returns undefined: there is too much to keep
 * @throws LabError of `etcdFailure`
 */
export async function copyStore(
  member: CopySource,
  mostBytes: number,
  onGone: () => void,
): Promise<StoreCopy | undefined> {
  const read = await readAll(member, mostBytes);
  if (read === undefined) return undefined;
  const { items } = read;
  let { revision } = read;
  let changes = 0;
  const waiting = revisionWaiters();
  let stream: WatchStream | undefined;
  const end = () => {
    stream?.cancel();
    stream = undefined;
    waiting.end();
  };
  const gone = () => {
    if (stream === undefined) return;
    end();
    onGone();
  };
  const take = (events: readonly RawEvent[]) => {
    for (const { type, kv } of events) {
      if (type === 'put') items.put(kv);
      else items.remove(kv.key);
      revision = kv.modRevision;
    }
    changes += events.length;
  };
  stream = member.watch(
    undefined,
    revision + 1,
    {
      onMessage({ canceled, compactRevision, revisions }) {
        if (canceled || compactRevision > 0) return gone();
        for (const events of revisions) take(events);
        if (items.bytes > mostBytes) return gone();
        waiting.reached(revision);
      },
      onEnd: gone,
    },
    { before: false },
  );
  return {
    get revision() {
      return revision;
    },
    get changes() {
      return changes;
    },
    get: (key) => items.get(key),
    reaches: (wanted, withinMs) => (wanted <= revision ? Promise.resolve(true) : waiting.wait(wanted, withinMs)),
    close: end,
  };
}

/** Those who wait for the copy to be as new as a revision. */
function revisionWaiters() {
  let waiting: { revision: number; resolve: (isThere: boolean) => void }[] = [];
  return {
    reached(revision: number): void {
      if (waiting.length === 0) return;
      for (const one of waiting) if (one.revision <= revision) one.resolve(true);
      waiting = waiting.filter((one) => one.revision > revision);
    },
    wait(revision: number, withinMs: number): Promise<boolean> {
      return new Promise((resolve) => {
        const timer = setTimeout(() => one.resolve(false), withinMs);
        const one = {
          revision,
          resolve(isThere: boolean) {
            clearTimeout(timer);
            resolve(isThere);
          },
        };
        waiting.push(one);
      });
    },
    end(): void {
      for (const { resolve } of waiting) resolve(false);
      waiting = [];
    },
  };
}

async function readAll(member: CopySource, mostBytes: number): Promise<{ items: Items; revision: number } | undefined> {
  const items = noItems();
  let page = await member.page(undefined);
  for (;;) {
    for (const kv of page.items) items.put(kv);
    if (items.bytes > mostBytes) return undefined;
    if (page.next === undefined) return { items, revision: page.revision };
    page = await member.page(page.next);
  }
}

type Items = ReturnType<typeof noItems>;

function noItems() {
  const items = new Map<string, KeyValue>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    get: (key: string) => items.get(key),
    put(kv: KeyValue) {
      bytes += sizeOf(kv) - sizeOf(items.get(kv.key));
      items.set(kv.key, kv);
    },
    remove(key: string) {
      bytes -= sizeOf(items.get(key));
      items.delete(key);
    },
  };
}

function sizeOf(kv: KeyValue | undefined): number {
  return kv === undefined ? 0 : kv.key.length + kv.value.length + perKeyBytes;
}
