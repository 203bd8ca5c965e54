import type { JournalLine } from '../harness/record/journal-line.ts';

export const couchbaseUnit = 'couchbase@1.service';

/** Couchbase's bootstrap from the reader's command to the first row of the page's view, in the order of the unit's steps. */
export const phaseNames = [
  'unit starting',
  'image pulled',
  'container started',
  '8091 answers',
  'cluster-init done',
  'bucket ready',
  'key registered',
  'first write',
  'first view row',
] as const;

export type PhaseName = (typeof phaseNames)[number];

/** When each phase was reached, ms of the run; absent: it was never seen. */
export type PhaseMoments = Readonly<Partial<Record<PhaseName, number>>>;

/** What a round saw by itself: all but the steps that only the machine's journal tells. Wall-clock ms. */
export interface SeenRound {
  readonly machine: string;
  readonly askedMs: number;
  /** When everything of the round had been seen. */
  readonly endMs: number;
  readonly containerStartedMs: number | undefined;
  readonly answeredMs: number | undefined;
  readonly bucketReadyMs: number | undefined;
  readonly keyMs: number | undefined;
  readonly writtenMs: number | undefined;
  readonly rowMs: number | undefined;
}

/**
 * The moments of one round, from what the round saw and what the journal of the machine says. Pure.
 * @param wallToRunMs wall-clock ms minus this is ms since the run began
 */
export function phaseMoments(round: SeenRound, journal: readonly JournalLine[], wallToRunMs: number): PhaseMoments {
  const lines = journal.filter(
    ({ unit, machine, wallMs }) =>
      unit === couchbaseUnit && machine === round.machine && wallMs >= round.askedMs && wallMs <= round.endMs,
  );
  const first = (says: RegExp) => lines.find(({ message }) => says.test(message))?.wallMs;
  const wall: Record<PhaseName, number | undefined> = {
    'unit starting': first(/^Starting couchbase@1\.service/),
    // `docker pull` ends with this, or with why it could not.
    'image pulled': first(/^Status: (?:Downloaded newer image|Image is up to date)/),
    'container started': round.containerStartedMs,
    '8091 answers': round.answeredMs,
    'cluster-init done': first(/SUCCESS: init\/edit/),
    'bucket ready': round.bucketReadyMs,
    'key registered': round.keyMs,
    'first write': round.writtenMs,
    'first view row': round.rowMs,
  };
  return Object.fromEntries(
    phaseNames.flatMap((name) => {
      const at = wall[name];
      return at === undefined ? [] : [[name, Math.round(at - wallToRunMs)] as const];
    }),
  );
}

/** One phase's share: from the latest phase before it to its own moment. */
export interface PhaseSpan {
  readonly name: PhaseName;
  readonly from: number;
  readonly to: number | undefined;
  /** ms by which it was reached before a phase that should precede it. */
  readonly earlyMs: number;
}

/**
 * The phases as spans that follow each other; they add up to the time from the command to the last phase. A phase reached before the
 * one it should follow takes no time and says how early it was. Pure.
 */
export function phaseSpans(moments: PhaseMoments, askedMs: number): PhaseSpan[] {
  let latest = askedMs;
  return phaseNames.map((name) => {
    const at = moments[name];
    if (at === undefined) return { name, from: latest, to: undefined, earlyMs: 0 };
    const span = { name, from: Math.min(latest, at), to: at, earlyMs: Math.max(0, latest - at) };
    if (span.earlyMs > 0) return { ...span, from: at };
    latest = at;
    return span;
  });
}
