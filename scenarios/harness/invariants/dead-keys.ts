import type { RunEvent } from '../event-log.ts';
import { leaseDeadline } from '../record/quorum.ts';
import { activeSpans, unitsSeen } from '../record/replay.ts';
import type { RunRecord } from '../record/run-record.ts';
import { covers, difference, seconds, type Span } from '../record/spans.ts';
import { unreachableSpans } from '../record/unreachable.ts';
import type { Finding } from '../verdict.ts';

/** `etcdctl ... --ttl 8` in units/*-sidekick@.service. */
const keyTtlMs = 8_000;
/** etcd looks for expired leases twice a second, and the cluster is looked at several times a second. */
const seenLateMs = 1_500;
/** A revocation that a busy etcd could not take at once is tried again after this (lessor.go, expiredLeaseRetryInterval). */
const revokeAgainMs = 3_000;

/** One value of a discovery key, from its announcement until it was changed or gone. */
interface KeyLife extends Span {
  readonly key: string;
  readonly value: string;
}

/**
 * No discovery key points at a dead service for longer than its TTL. The service is the unit the key is named after, on the
 * machine it ran on when the key was set; it is dead while it is not active there or the machine is out of reach. An election
 * or a lost quorum keeps leases alive for longer: such a key is excused, and its time shown.
 */
export function deadKeys(record: RunRecord): Finding {
  const name = `no discovery key points at a dead service for longer than its TTL (${keyTtlMs / 1000} s)`;
  const units = unitsSeen(record.events);
  const lives = keyLives(record.events).filter(({ key }) => units.includes(unitOf(key) ?? ''));
  if (lives.length === 0) return { name, verdict: 'unknown', evidence: 'no discovery key of a unit was seen' };
  const excused: string[] = [];
  let longest = 0;
  for (const life of lives) {
    for (const { fromMs, toMs } of deadSpans(record, life)) {
      const [lasted, held] = [toMs - fromMs, leaseDeadline(record, fromMs, keyTtlMs) - fromMs];
      longest = Math.max(longest, lasted);
      if (lasted <= keyTtlMs + seenLateMs) continue;
      const what = `${life.key} = ${life.value} for ${seconds(lasted)} s after its service died at ${seconds(fromMs)} s`;
      if (lasted > held + seenLateMs + revokeAgainMs) return { name, verdict: 'fail', evidence: what };
      excused.push(
        `${what} (its lease could last until ${seconds(fromMs + held)} s, and etcd tries a revocation again after ${revokeAgainMs / 1000} s)`,
      );
    }
  }
  const excuses = excused.length === 0 ? '' : `; excused: ${excused.join(', ')}`;
  return {
    name,
    verdict: 'pass',
    evidence: `${lives.length} announcements, at most ${seconds(longest)} s stale${excuses}`,
  };
}

/** `/services/couchbase/1` announces couchbase@1.service. */
function unitOf(key: string): string | undefined {
  const [, service, instance] = /^\/services\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
  return service === undefined || instance === undefined ? undefined : `${service}@${instance}.service`;
}

function keyLives(events: readonly RunEvent[]): KeyLife[] {
  const endMs = events.at(-1)?.atMs ?? 0;
  const changes = events.filter(({ type }) => type === 'key-set' || type === 'key-gone');
  return changes.flatMap(({ type, atMs, data }, index) => {
    if (type !== 'key-set') return [];
    const next = changes.slice(index + 1).find((later) => later.data['key'] === data['key']);
    return [{ key: String(data['key']), value: String(data['value']), fromMs: atMs, toMs: next?.atMs ?? endMs }];
  });
}

function deadSpans(record: RunRecord, life: KeyLife): Span[] {
  const unit = unitOf(life.key) ?? '';
  const alive = record.config.machines.map(({ name }) => ({
    name,
    spans: difference(activeSpans(record.events, unit, name), unreachableSpans(record, name)),
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
