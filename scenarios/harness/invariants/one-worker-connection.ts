import type { Finding } from '../verdict.ts';

/** One connection in the RSVP stream server's book; `closedAt` is absent while it lives. Wall-clock ms. */
export interface StreamConnection {
  readonly address: string;
  readonly openedAt: number;
  readonly closedAt?: number | null;
}

/**
 * At most one worker was ever connected to the RSVP stream at a time. The server sees a dead machine's connection only
 * when its pings go unanswered, so an overlap with a connection from a machine after its cord was pulled does not count.
 * @param deadFrom address -> wall-clock ms from which nothing at that address can have been running
 */
export function oneWorkerConnection(
  history: readonly StreamConnection[] | undefined,
  deadFrom: ReadonlyMap<string, number>,
): Finding {
  const name = 'at most one worker connection at any time';
  if (history === undefined) return { name, verdict: 'unknown', evidence: 'the stream server could not be asked' };
  if (history.length === 0) return { name, verdict: 'unknown', evidence: 'no worker ever connected' };
  const spans = history.map((connection) => {
    const dead = deadFrom.get(connection.address) ?? Infinity;
    const closed = connection.closedAt ?? Infinity;
    // Only what was open when the machine died ended with it; it may have come back and connected again.
    return { ...connection, end: connection.openedAt < dead ? Math.min(closed, dead) : closed };
  });
  const sorted = [...spans].sort((a, b) => a.openedAt - b.openedAt);
  for (const [index, span] of sorted.entries()) {
    const overlap = sorted.slice(index + 1).find((later) => later.openedAt < span.end && span.openedAt < later.end);
    if (overlap !== undefined) {
      const ms = Math.min(span.end, overlap.end) - overlap.openedAt;
      return { name, verdict: 'fail', evidence: `${span.address} and ${overlap.address} overlapped for ${ms} ms` };
    }
  }
  return {
    name,
    verdict: 'pass',
    evidence: `${history.length} connections one after another: ${sorted.map((s) => s.address).join(', ')}`,
  };
}
