import { quorumOf } from '#platform/etcd/quorum-of.ts';
import type { FaultKind } from './fault-record.ts';
import { type FaultWindow, faultWindows, type Recorded } from './fault-windows.ts';
import { type Span, union } from './spans.ts';

/** Faults that end every connection of a machine's etcd member. */
const silencing: readonly FaultKind[] = ['halt', 'cut', 'reboot', 'pause'];
/** Faults under which a leader may miss its heartbeats at any time. */
const slowing: readonly FaultKind[] = ['packet-loss', 'slow-cpu', 'slow-disk', 'full-disk'];

/**
 * When no member could see a majority of the cluster, by the fault windows.
 * @param certainty `surely`: whatever happened within the commands that began and ended the faults; `possibly`: at worst
 */
export function quorumLost(record: Recorded, certainty: 'surely' | 'possibly'): Span[] {
  // etcd ends on a full disk when it must take a new block, which may be soon or never.
  const stops = (w: FaultWindow): boolean => stopsMember(w) || (certainty === 'possibly' && w.kind === 'full-disk');
  const windows = faultWindows(record).filter((w) => w.kind === 'partition' || stops(w));
  const spanOf = (window: FaultWindow): Span => (certainty === 'surely' ? window.surely : window);
  const edges = [...new Set(windows.flatMap((w) => [spanOf(w).fromMs, spanOf(w).toMs]))].sort((a, b) => a - b);
  const lost: Span[] = [];
  for (const [index, fromMs] of edges.entries()) {
    const toMs = edges[index + 1];
    if (toMs === undefined) continue;
    const inForce = windows.filter((w) => spanOf(w).fromMs <= fromMs && spanOf(w).toMs >= toMs);
    if (!hasQuorum(record, inForce, stops)) lost.push({ fromMs, toMs });
  }
  return union(lost);
}

/** Is there a member that reaches, itself included, a majority? (etcd documentation, "Failure modes": majority failure) */
function hasQuorum(
  { config: { machines } }: Recorded,
  inForce: readonly FaultWindow[],
  stops: (window: FaultWindow) => boolean,
): boolean {
  const up = machines.map(({ name }) => name).filter((name) => !inForce.some((w) => w.machine === name && stops(w)));
  const apart = (a: string, b: string) =>
    inForce.some(
      ({ kind, machine, peers }) =>
        kind === 'partition' &&
        ((machine === a && (peers?.includes(b) ?? true)) || (machine === b && (peers?.includes(a) ?? true))),
    );
  return up.some((a) => up.filter((b) => a === b || !apart(a, b)).length >= quorumOf(machines.length));
}

function stopsMember({ kind, unit }: FaultWindow): boolean {
  return (
    silencing.includes(kind) || ((kind === 'kill' || kind === 'stop-unit') && /^etcd(\.service)?$/.test(unit ?? ''))
  );
}

/**
 * When etcd may have elected a leader, or could not: nothing expires meanwhile, and a new leader gives every lease its full
 * time again, one election timeout more (etcd: lessor.Promote). A member that comes back may force an election too.
 */
function leasesHeld(record: Recorded): Span[] {
  // A follower waits one to two election timeouts, and a split vote costs one more.
  const electionMs = 3 * record.config.timers.etcdElectionMs;
  const held = faultWindows(record).flatMap((window): Span[] => {
    if (slowing.includes(window.kind)) return [{ fromMs: window.fromMs, toMs: window.toMs + electionMs }];
    if (!stopsMember(window) && window.kind !== 'partition') return [];
    const { surely, fromMs, toMs } = window;
    const began = { fromMs, toMs: Math.min(surely.fromMs, toMs) + electionMs };
    return surely.toMs === Infinity ? [began] : [began, { fromMs: surely.toMs, toMs: toMs + electionMs }];
  });
  const lost = quorumLost(record, 'possibly').map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + electionMs }));
  return union([...held, ...lost]);
}

/** By when a lease that was last renewed at `fromMs` must have run out, elections and lost quorums counted in. */
export function leaseDeadline(record: Recorded, fromMs: number, ttlMs: number): number {
  let deadline = fromMs + ttlMs;
  for (const span of leasesHeld(record)) {
    if (span.toMs <= fromMs || span.fromMs > deadline) continue;
    deadline = Math.max(deadline, span.toMs + ttlMs + record.config.timers.etcdElectionMs);
  }
  return deadline;
}
