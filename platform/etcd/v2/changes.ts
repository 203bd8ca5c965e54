import type { KeyValue } from '../store.ts';
import { readNote, toldKey, type Action, type Done } from './action.ts';
import { directoryOf, nodeOf, type TimeLeft, type V2Node } from './node.ts';
import { isHidden } from './tree.ts';

/** One event of v3's history. */
export interface RawEvent {
  readonly type: 'put' | 'delete';
  /** After a put; after a removal only key and revision are of use. */
  readonly kv: KeyValue;
  /** Undefined: the key was not there, or that history is gone. */
  readonly before: KeyValue | undefined;
}

/** What v2 says of one change. */
export interface Change {
  readonly action: Action;
  readonly node: V2Node;
  readonly prevNode: V2Node | undefined;
  readonly path: string;
  readonly revision: number;
  /** The keys that went with this directory, their names in v3; empty for any other change. */
  readonly gone: readonly string[];
  /** The lease of a key that is no more, where nobody said why it went: it may have run out. '0': none. */
  readonly lostLease: string;
}

/**
 * What v2 says of what one revision of v3 did. Keys beside v2's paths, markers that only go along with a change below them, and
 * refreshes are passed over.
 * @param events all of one revision
 * @param left what is known of the leases of the keys that were put, by lease
 */
export function changesOf(events: readonly RawEvent[], left: ReadonlyMap<string, TimeLeft> = new Map()): Change[] {
  const told = events.find(({ kv, type }) => kv.key === toldKey && type === 'put');
  const note = told && readNote(told.kv.value);
  const action = note?.action;
  if (action === 'refresh') return [];
  const concerned = events.filter(({ kv }) => kv.key.startsWith('/'));
  if (note?.directory !== undefined) {
    return directoryGone(note.directory, concerned).map((change) => ({ ...change, lostLease: '0' }));
  }
  const expired = action === undefined ? leasedDirectories(concerned) : [];
  const single = concerned.filter((event) => !goesAlong(event, concerned) && !expired.some((one) => isIn(one, event)));
  return [
    ...expired.flatMap((marker) =>
      directoryGone(
        marker.kv.key.slice(0, -1),
        concerned.filter((event) => isIn(marker, event)),
      ),
    ),
    ...single
      .map((event) => changeOf(event, action, left))
      .map((change) => ({ ...change, prevNode: change.prevNode ?? replacedBy(change, concerned) })),
  ];
}

/** Marks of directories that went with the lease that they and what was in them hung on; not of directories in those. */
function leasedDirectories(events: readonly RawEvent[]): RawEvent[] {
  const marks = events.filter(
    ({ type, kv, before }) => type === 'delete' && kv.key.endsWith('/') && before !== undefined && before.lease !== '0',
  );
  return marks.filter((mark) => !marks.some((other) => other !== mark && isIn(other, mark)));
}

/** Whether a key went with a directory, or is its mark. */
function isIn(marker: RawEvent, { type, kv, before }: RawEvent): boolean {
  return type === 'delete' && kv.key.startsWith(marker.kv.key) && before?.lease === marker.before?.lease;
}

/** The key that a directory took the place of. */
function replacedBy({ path, node }: Change, all: readonly RawEvent[]): V2Node | undefined {
  const gone = all.find(({ type, kv }) => node.dir === true && type === 'delete' && kv.key === path);
  return gone?.before && nodeOf(gone.before);
}

/** A marker written with a change below it, or a key removed for a directory of its name. */
function goesAlong({ type, kv }: RawEvent, all: readonly RawEvent[]): boolean {
  const others = all.filter((other) => other.kv.key !== kv.key);
  if (type === 'delete') return others.some((other) => other.type === 'put' && other.kv.key === `${kv.key}/`);
  return kv.key.endsWith('/') && others.some((other) => other.kv.key.startsWith(kv.key));
}

function changeOf({ type, kv, before }: RawEvent, told: Done | undefined, left: ReadonlyMap<string, TimeLeft>): Change {
  const isDirectory = kv.key.endsWith('/');
  const path = isDirectory ? kv.key.slice(0, -1) : kv.key;
  const prevNode = before && nodeOf(before);
  const about = { path, revision: kv.modRevision, gone: [], prevNode };
  if (type === 'put') return { ...about, action: told ?? 'set', node: nodeOf(kv, left), lostLease: '0' };
  const node = goneNode(path, isDirectory, kv.modRevision, before?.createRevision);
  return { ...about, action: told ?? 'delete', node, lostLease: told === undefined ? (before?.lease ?? '0') : '0' };
}

function directoryGone(path: string, events: readonly RawEvent[]): Change[] {
  const deleted = events.filter(({ type }) => type === 'delete');
  const [first] = deleted;
  if (first === undefined) return [];
  const revision = first.kv.modRevision;
  const marker = events.find(({ kv }) => kv.key === `${path}/`)?.before;
  const lostLease = marker?.lease ?? '0';
  const prevNode = directoryOf(path, marker, first.before);
  const node = goneNode(path, true, revision, prevNode.createdIndex);
  const gone = deleted.map(({ kv }) => kv.key);
  return [{ action: 'delete', node, prevNode, path, revision, gone, lostLease }];
}

function goneNode(key: string, isDirectory: boolean, modifiedIndex: number, createdIndex = 0): V2Node {
  return isDirectory ? { key, dir: true, modifiedIndex, createdIndex } : { key, modifiedIndex, createdIndex };
}

/** What a watch is of. */
export interface Watched {
  readonly path: string;
  /** With all that is in it. */
  readonly recursive: boolean;
}

/** Whether a watch is told of a change: of hidden keys only when it watches just that key, or it went with its directory. */
export function concerns({ path, recursive }: Watched, change: Change): boolean {
  if (change.path === path) return true;
  const inside = path === '/' ? '/' : `${path}/`;
  if (change.gone.some((key) => key === path || key.startsWith(inside)) && path.startsWith(change.path)) return true;
  return recursive && change.path.startsWith(inside) && !isHidden(path, change.path);
}
