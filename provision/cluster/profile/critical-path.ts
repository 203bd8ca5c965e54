import type { PathStep, Phase } from './phase.ts';

/**
 * What the whole would not have taken less without: from its end back, always what the last stretch could not do without and that
 * ended last. Pure; the order of `phases` does not matter.
 * @returns stretches in their order, without gap or overlap from 0 to `wholeMs`; no phase is in two of them
 */
export function criticalPath(phases: readonly Phase[], wholeMs: number): PathStep[] {
  const work = phases.filter(({ waits, fromMs, toMs }) => !waits && fromMs < toMs).sort(inOrder);
  const waits = phases.filter((phase) => phase.waits);
  const steps: PathStep[] = [];
  const used = new Set<Phase>();
  let at = wholeMs;
  let last: Phase | undefined;
  while (at > 0) {
    const cause = causeOf(last, at, work, used);
    if (cause === undefined) {
      steps.push(gap(waits, last, 0, at));
      break;
    }
    if (cause.toMs < at) steps.push(gap(waits, last, cause.toMs, at));
    used.add(cause);
    const phase = lastOfQuorum(cause, work, used);
    used.add(phase);
    const toMs = Math.min(phase.toMs, cause.toMs);
    if (toMs < cause.toMs) steps.push(worked(cause, toMs, cause.toMs));
    const fromMs = Math.min(toMs, beginsToCount(phase, toMs, work, used));
    if (fromMs < toMs) steps.push(worked(phase, fromMs, toMs));
    at = fromMs;
    last = phase;
  }
  return steps.reverse();
}

/** What ended last before `at`, of what this phase needs, if any of that did. */
function causeOf(last: Phase | undefined, at: number, work: readonly Phase[], used: ReadonlySet<Phase>) {
  const before = work.filter((phase) => phase.toMs <= at && !used.has(phase));
  const needed = last?.needs === undefined ? [] : before.filter((phase) => isNeeded(last, phase));
  return latest(needed.length > 0 ? needed : before);
}

/** A phase that was begun early has waited until the last of what it needs had ended. */
function beginsToCount(phase: Phase, ended: number, work: readonly Phase[], used: ReadonlySet<Phase>): number {
  const needed = work.filter((other) => isNeeded(phase, other) && other.toMs <= ended && !used.has(other));
  return Math.max(phase.fromMs, ...needed.map(({ toMs }) => toMs));
}

function isNeeded({ subject, needs }: Phase, other: Phase): boolean {
  return other.subject === subject && needs?.includes(other.phase) === true;
}

/** Of phases that can only end together: the one with whose begin they could, where that began later. */
function lastOfQuorum(phase: Phase, work: readonly Phase[], used: ReadonlySet<Phase>): Phase {
  if (phase.quorum === undefined) return phase;
  const same = work.filter((other) => other.phase === phase.phase);
  const enough = same[phase.quorum - 1];
  const isLater = enough !== undefined && enough.fromMs > phase.fromMs && enough.fromMs < phase.toMs;
  return isLater && !used.has(enough) ? enough : phase;
}

function worked({ subject, phase }: Phase, fromMs: number, toMs: number): PathStep {
  return { subject, phase, fromMs, toMs, kind: 'work' };
}

function gap(waits: readonly Phase[], last: Phase | undefined, fromMs: number, toMs: number): PathStep {
  const covering = waits.filter((wait) => wait.fromMs < toMs && wait.toMs > fromMs);
  const own = covering.filter(({ subject }) => subject === last?.subject);
  // The one that was begun last says most.
  const wait = (own.length > 0 ? own : covering).toSorted(inOrder).at(-1);
  return { subject: wait?.subject ?? 'lab', phase: wait?.phase ?? '-', fromMs, toMs, kind: 'wait' };
}

function latest(phases: readonly Phase[]): Phase | undefined {
  return phases.reduce<Phase | undefined>(
    (best, one) => (best === undefined || one.toMs > best.toMs ? one : best),
    undefined,
  );
}

function inOrder(a: Phase, b: Phase): number {
  return a.fromMs - b.fromMs || a.toMs - b.toMs || `${a.subject} ${a.phase}`.localeCompare(`${b.subject} ${b.phase}`);
}
