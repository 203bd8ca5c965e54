import type { Sample } from '../harness/record/sample.ts';

/** What visitors saw between a fault and the recovery. */
export interface VisitorSaw {
  readonly asked: number;
  readonly failed: number;
  /** ms of the run: when the last page that failed was given up. */
  readonly lastFailedMs: number | undefined;
  /** Longest time without one good page from any machine, ms. */
  readonly longestOutageMs: number;
  /** How often a visitor got a new session instead of his own. */
  readonly lostSessions: number;
}

/**
 * Pure.
 * @param fromMs @param toMs ms of the run
 * @param wallToRunMs wall-clock ms minus this is ms of the run
 */
export function visitorSaw(samples: readonly Sample[], fromMs: number, toMs: number, wallToRunMs: number): VisitorSaw {
  const pages = samples
    .filter(({ probe }) => probe === 'page')
    .map((sample) => ({ ...sample, atMs: sample.wallMs - wallToRunMs }))
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const failed = pages.filter(({ ok }) => !ok);
  const ends = failed.map(({ atMs, ms }) => atMs + ms);
  return {
    asked: pages.length,
    failed: failed.length,
    lastFailedMs: ends.length === 0 ? undefined : Math.max(...ends),
    longestOutageMs: longestGap(
      pages.filter(({ ok }) => ok).map(({ atMs, ms }) => atMs + ms),
      fromMs,
      toMs,
    ),
    lostSessions: lostSessions(pages),
  };
}

function longestGap(goodMs: readonly number[], fromMs: number, toMs: number): number {
  const moments = [fromMs, ...goodMs.filter((at) => at > fromMs && at < toMs).sort((a, b) => a - b), toMs];
  return Math.round(Math.max(0, ...moments.slice(1).map((at, i) => at - (moments[i] ?? at))));
}

/** Each machine is visited by a visitor of its own; whose answer names another session than the one before has lost it. */
function lostSessions(pages: readonly Sample[]): number {
  const sessions = new Map<string, string>();
  let lost = 0;
  for (const { ok, machine = '', session } of [...pages].sort((a, b) => a.wallMs - b.wallMs)) {
    if (!ok || session === undefined) continue;
    const known = sessions.get(machine);
    if (known !== undefined && known !== session) lost += 1;
    sessions.set(machine, session);
  }
  return lost;
}
