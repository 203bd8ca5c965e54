import { readServiceKey } from '#platform/etcd/keys/service-keys.ts';
import { eventsOf } from '../record/events-of.ts';
import type { RunEvent } from '../record/run-event.ts';
import { leaseDeadline } from '../record/quorum.ts';
import { activeSpans, unitsSeen } from '../record/replay.ts';
import type { RunRecord } from '../record/run-record.ts';
import { covers, difference, type Span } from '../record/spans.ts';
import { unreachableSpans } from '../record/unreachable.ts';
import { seconds, statedSeconds } from '#errors/seconds.ts';
import type { Finding } from '../record/verdict.ts';

/** etcd looks for expired leases twice a second; their end is seen at once, or up to 0.3 s later by a look without a cause. */
const seenLateMs = 1_500;
/**
 * etcd (3.4, lease/lessor.go: expireExists) hands a lease that has run out over to be revoked and looks at it again only after
 * `expiredLeaseRetryInterval`, whatever became of that. A revocation it could not agree on in time ("failed to revoke lease" in
 * its journal: an election, a member that had just gone, a starved host) so costs the key this much more. One is allowed for,
 * and shown; who needs a second could not store anything for seconds.
 */
const revokeAgainMs = 3_000;

/** One value of a discovery key, from its announcement until it was changed or gone. */
interface KeyLife extends Span {
  readonly key: string;
  readonly value: string;
  /** What the key announces. */
  readonly unit: string;
}

/**
 * No discovery key points at a dead service for longer than its TTL, which is read from the unit that announces it. The service
 * is the unit the key is named after, on the machine it ran on when the key was set; it is dead while it is not active there
 * or the machine is out of reach. An election or a lost quorum keeps leases alive for longer: such a key is excused, and its
 * time shown. A key whose end lies in a stretch in which nobody answered may have gone at its beginning: it proves nothing.
 */
export function deadKeys(record: RunRecord): Finding {
  const name = 'no discovery key points at a dead service for longer than its TTL';
  const units = unitsSeen(record.events);
  const lives = keyLives(record.events).filter(({ unit }) => units.includes(unit));
  if (lives.length === 0) return { name, verdict: 'unknown', evidence: 'no discovery key of a unit was seen' };
  const stale = lives.flatMap((life) => deadSpans(record, life).map((span) => judge(record, life, span)));
  const withStanding = (standing: Stale['standing']) =>
    stale.filter((one) => one.standing === standing).map(({ what }) => what);
  const [refuting] = withStanding('fail');
  if (refuting !== undefined) return { name, verdict: 'fail', evidence: refuting };
  const unproven = withStanding('unknown');
  if (unproven.length > 0) return { name, verdict: 'unknown', evidence: unproven.join(', ') };
  const longestMs = Math.max(0, ...stale.map(({ lastedMs }) => lastedMs));
  const excused = withStanding('excused');
  const ttls = [...new Set(lives.map(({ unit }) => ttlOf(record.events, unit) ?? 0))].filter((ttl) => ttl > 0);
  const allowed = ttls.length === 0 ? '' : ` (TTL ${ttls.map((ttl) => `${statedSeconds(ttl)}`).join(', ')})`;
  return {
    name,
    verdict: 'pass',
    evidence: `${lives.length} announcements, at most ${seconds(longestMs)} stale${allowed}${excused.length === 0 ? '' : `; excused: ${excused.join(', ')}`}`,
  };
}

/** A stretch in which a key pointed at a dead service. */
interface Stale {
  readonly standing: 'short' | 'excused' | 'unknown' | 'fail';
  readonly lastedMs: number;
  readonly what: string;
}

function judge(record: RunRecord, life: KeyLife, { fromMs, toMs }: Span): Stale {
  const lastedMs = toMs - fromMs;
  const what = `${life.key} = ${life.value} for ${seconds(lastedMs)} after its service died at ${seconds(fromMs)}`;
  const ttlMs = ttlOf(record.events, life.unit);
  if (ttlMs === undefined)
    return { standing: 'unknown', lastedMs, what: `${what}: no unit was seen that tells its TTL` };
  if (lastedMs <= ttlMs + seenLateMs) return { standing: 'short', lastedMs, what };
  const heldMs = leaseDeadline(record, fromMs, ttlMs) - fromMs;
  const allowedMs = heldMs + seenLateMs + revokeAgainMs;
  if (lastedMs <= allowedMs) return { standing: 'excused', lastedMs, what: `${what} (${excuse(fromMs + heldMs)})` };
  const unseen = unseenAt(record.events, toMs === life.toMs ? 'keys' : 'units', toMs);
  if (unseen === undefined || unseen.fromMs - fromMs > allowedMs) return { standing: 'fail', lastedMs, what };
  return { standing: 'unknown', lastedMs, what: `${what}, but nobody answered from ${seconds(unseen.fromMs)} on` };
}

function excuse(untilMs: number): string {
  const until = untilMs === Infinity ? 'the end' : `${seconds(untilMs)}`;
  return `its lease could last until ${until}, and etcd tries a revocation again after ${statedSeconds(revokeAgainMs)}`;
}

/** The stretch without a look that an observation at this moment ended (or that lasted to the end of the run). */
function unseenAt(events: readonly RunEvent[], of: 'units' | 'keys', atMs: number): Span | undefined {
  return eventsOf(events, 'unseen')
    .map(({ data }) => data)
    .filter((unseen) => unseen.of === of)
    .find(({ fromMs, toMs }) => fromMs < atMs && atMs <= toMs + sameLookMs);
}

/** What a look saw is recorded within this after the stretch that it ended, ms. */
const sameLookMs = 100;

/** As its sidekick's unit was loaded, or the unit's own when it announces itself; ms. */
function ttlOf(events: readonly RunEvent[], unit: string): number | undefined {
  const announcers = [unit.replace('@', '-sidekick@'), unit];
  return eventsOf(events, 'key-ttl').findLast(({ data }) => announcers.includes(data.unit))?.data.ttlMs;
}

/** `/services/couchbase/1` announces couchbase@1.service. */
function unitOf(key: string): string | undefined {
  const announced = readServiceKey(key);
  return announced && `${announced.kind}@${announced.instance}.service`;
}

function keyLives(events: readonly RunEvent[]): KeyLife[] {
  // What came after the last look is not known.
  const endMs = (eventsOf(events, 'watch-ended')[0] ?? events.at(-1))?.atMs ?? 0;
  const changes = eventsOf(events, 'key-set', 'key-gone');
  return changes.flatMap(({ type, atMs, data }, index) => {
    const unit = unitOf(data.key);
    if (type !== 'key-set' || unit === undefined) return [];
    const next = changes.slice(index + 1).find((later) => later.data.key === data.key);
    return [{ unit, key: data.key, value: data.value, fromMs: atMs, toMs: next?.atMs ?? endMs }];
  });
}

function deadSpans(record: RunRecord, life: KeyLife): Span[] {
  const alive = record.config.machines.map(({ name }) => ({
    name,
    spans: difference(activeSpans(record.events, life.unit, name), unreachableSpans(record, name)),
  }));
  const owner =
    alive.find(({ spans }) => covers(spans, life.fromMs)) ??
    // A state may be seen after the key it belongs to.
    [...alive].sort((a, b) => nextStart(a.spans, life.fromMs) - nextStart(b.spans, life.fromMs))[0];
  return difference([life], owner?.spans ?? []);
}

function nextStart(spans: readonly Span[], afterMs: number): number {
  return Math.min(Infinity, ...spans.filter(({ fromMs }) => fromMs >= afterMs).map(({ fromMs }) => fromMs));
}
