import type { WatchStream } from '../connection.ts';
import { readNote, toldKey } from './action.ts';
import { changesOf, type Change, type RawEvent, type Watched } from './changes.ts';
import { leaseClock, type LeaseClock } from './lease-clock.ts';
import type { Member } from './member.ts';
import type { KeyRange } from './member-wire.ts';
import { insideOf } from './place.ts';
import type { RawWatch } from './raw-events.ts';
import { timesLeft } from './times-left.ts';

/** Changes from a revision on, in order, over any number of watches of v3: while etcd is away it waits on. */
export interface ChangeStream {
  /** Learns how long the keys there live, so that one that runs out is told from one that is removed. Never fails. */
  follow(watched: Watched): Promise<void>;
  close(): void;
}

export interface ChangeHandlers {
  /** Whether somebody is told of it: how long a key lives is asked only then. */
  isWanted(change: Change): boolean;
  /** All of one revision. */
  onChanges(changes: readonly Change[]): void;
  /** Everything before this revision is gone, and some of it was still to be told. The stream is over. */
  onCleared(compactRevision: number): void;
}

/** @param range of keys; undefined: all */
export function changeStream(
  member: Member,
  range: KeyRange | undefined,
  from: number,
  on: ChangeHandlers,
): ChangeStream {
  const clock = leaseClock(member.leases, () => performance.now());
  let next = from;
  let stream: WatchStream | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  /** Counts the watches: an earlier one that ends late ends nothing. */
  let run = 0;
  let closed = false;
  let turn: Promise<void> = Promise.resolve();

  const open = () => {
    clearTimeout(timer);
    const mine = ++run;
    timer = setTimeout(() => retry(mine), member.timeoutMs);
    stream = member.watch(range, next, {
      onMessage: (message) => {
        if (mine === run) receive(message, mine);
      },
      onEnd: () => retry(mine),
    });
  };
  const retry = (of: number) => {
    if (of !== run || closed) return;
    run++;
    stream?.cancel();
    clearTimeout(timer);
    timer = setTimeout(open, Math.min(1000, 50 * 2 ** failures++));
  };
  const close = () => {
    closed = true;
    run++;
    stream?.cancel();
    clearTimeout(timer);
    clock.close();
  };
  const receive = (message: RawWatch, mine: number) => {
    if (message.compactRevision > 0) {
      close();
      return on.onCleared(message.compactRevision);
    }
    if (message.canceled) return retry(mine);
    if (message.created) {
      clearTimeout(timer);
      failures = 0;
    }
    for (const events of message.revisions) {
      const [first] = events;
      if (first) next = first.kv.modRevision + 1;
      const seenAt = performance.now();
      turn = turn.then(() => publish(events, seenAt));
    }
  };
  const publish = async (events: readonly RawEvent[], seenAt: number) => {
    if (closed) return;
    const told = range === undefined ? events : await withNote(member, events);
    const changes = await explain(member, clock, told, seenAt, (change) => on.isWanted(change));
    if (!closed && changes.length > 0) on.onChanges(changes);
  };

  open();
  return { follow: (watched) => followLeases(member, watched, clock), close };
}

/** Leases of one watched place that are followed at most: each costs a question whenever its time could be over. */
const mostLeases = 1000;

async function followLeases(member: Member, { path, recursive }: Watched, clock: LeaseClock): Promise<void> {
  const own = { key: path, keysOnly: true };
  const ranges = recursive ? [own, { key: insideOf(path), prefix: true, keysOnly: true }] : [own];
  try {
    const { answers } = await member.read(ranges, 'own');
    const leases = new Set(answers.flat().map(({ lease }) => lease));
    for (const lease of [...leases].slice(0, mostLeases)) await clock.follow(lease);
  } catch {
    // Nobody answers: without, a key that another program revokes shows as run out.
  }
}

/** A watch of some keys alone does not hear what was noted with their changes, nor of a directory above them that went. */
async function withNote(member: Member, events: readonly RawEvent[]): Promise<readonly RawEvent[]> {
  const revision = events[0]?.kv.modRevision ?? 0;
  // Compacted, or nobody answers: then it is what v3's own events say.
  const past = (key: string, at: number) => member.past(key, at).catch(() => undefined);
  const note = await past(toldKey, revision);
  if (note?.modRevision !== revision) return events;
  const directory = readNote(note.value)?.directory;
  const marker = directory === undefined ? undefined : await past(`${directory}/`, revision - 1);
  const isHeard = marker === undefined || events.some(({ kv }) => kv.key === marker.key);
  const above: RawEvent[] = isHeard
    ? []
    : [{ type: 'delete', kv: { ...marker, modRevision: revision }, before: marker }];
  return [...above, ...events, { type: 'put', kv: note, before: undefined }];
}

/** What v2 says of one revision, with what only leases can tell: how long a key lives, and whether one that went had run out. */
async function explain(
  member: Member,
  clock: LeaseClock,
  events: readonly RawEvent[],
  seenAt: number,
  isWanted: (change: Change) => boolean,
): Promise<readonly Change[]> {
  const changes = changesOf(events);
  const leased = events
    .filter(({ type, kv }) => type === 'put' && kv.key.startsWith('/') && kv.lease !== '0')
    .map(({ kv }) => kv);
  const isTimed = leased.length > 0 && changes.some(isWanted);
  if (isTimed) for (const { lease } of leased) void clock.follow(lease);
  const timed = isTimed ? changesOf(events, await timesLeft(member, leased, Date.now)) : changes;
  return Promise.all(
    timed.map(async (change) =>
      (await clock.ranOut(change.lostLease, seenAt)) ? { ...change, action: 'expire' as const } : change,
    ),
  );
}
