import { changesOf, type Change, type RawEvent } from './changes.ts';
import type { LeaseClock } from './lease-clock.ts';
import type { Member } from './member.ts';
import { insideOf } from './place.ts';
import { timesLeft } from './times-left.ts';

/**
 * What v2 says of one revision, with what only leases can tell: how long a key lives, and whether one that went had run out.
 * @param seenAt ms, monotonic
 */
export async function explain(
  member: Member,
  clock: LeaseClock,
  events: readonly RawEvent[],
  seenAt: number,
): Promise<Change[]> {
  const put = events.filter(({ type, kv }) => type === 'put' && kv.key.startsWith('/')).map(({ kv }) => kv);
  for (const { lease } of put) void clock.follow(lease);
  const changes = changesOf(events, await timesLeft(member, put, Date.now));
  return Promise.all(
    changes.map(async (change) =>
      (await clock.ranOut(change.lostLease, seenAt)) ? { ...change, action: 'expire' as const } : change,
    ),
  );
}

/** Leases that one watch follows at most: each costs a question whenever its time could be over. */
const mostLeases = 1000;

/** Follows the leases of what a watch is to hear of. Never fails: without, a key that was revoked shows as run out. */
export async function followLeases(
  member: Member,
  { path, recursive }: { path: string; recursive: boolean },
  clock: LeaseClock,
): Promise<void> {
  const own = { key: path, keysOnly: true };
  const ranges = recursive ? [own, { key: insideOf(path), prefix: true, keysOnly: true }] : [own];
  try {
    const { answers } = await member.read(ranges, 'own');
    const leases = new Set(answers.flat().map(({ lease }) => lease));
    await Promise.all([...leases].slice(0, mostLeases).map((lease) => clock.follow(lease)));
  } catch {
    // Nobody answers: the watch goes on.
  }
}
