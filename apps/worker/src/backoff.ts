/** How a connection attempt, or the connection it gave, ended. */
export interface FeedEnd {
  /** HTTP status of a refused upgrade. */
  refusedWith?: number;
  /** What the server asked for in Retry-After, ms. */
  retryAfterMs?: number;
  /** Attempts that failed in a row before this one. */
  failures: number;
}

/**
 * ms until the next attempt: 0.5 s doubling up to 10 s. A refusal (the stream allows one connection per address and bans who
 * insists) waits at least as long as the server asked, or 3 s.
 */
export function backoffMs(end: FeedEnd): number {
  const doubling = Math.min(500 * 2 ** Math.min(end.failures, 10), 10_000);
  if (end.refusedWith !== 403 && end.refusedWith !== 429) return doubling;
  return Math.max(doubling, Math.min(end.retryAfterMs ?? 3000, 60_000));
}
