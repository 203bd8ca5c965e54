import { eventsOf } from '../harness/record/events-of.ts';
import { messagesWithRows } from '../harness/record/messages-with-rows.ts';
import { type JournalLine, namesCouchbase } from '../harness/record/journal-line.ts';
import { running } from '../harness/record/replay.ts';
import type { RunRecord } from '../harness/record/run-record.ts';
import type { Subject } from '../harness/prediction/subject.ts';
import { shortUnit } from '../harness/record/unit-name.ts';

/** What the scenario did when, ms of the run; undefined: it did not come to that. */
export interface FailoverMoments {
  readonly broken: string;
  readonly subject: Subject | undefined;
  readonly faultMs: number;
  /** The undoing began; the machine had run without the fault from some moment after that. */
  readonly undoMs: number | undefined;
  /** Units that could move and ran on the machine before. */
  readonly moved: readonly string[];
  /** The web unit that had no other place. */
  readonly displaced: string | undefined;
  /** Its page showed rows again. */
  readonly pageBackMs: number | undefined;
}

export interface Moment {
  readonly atMs: number | undefined;
  readonly detail: string;
}

/** The failover as named moments. Those that do not apply to the units of the machine are absent. */
export interface FailoverTimeline {
  readonly fault: Moment & { readonly atMs: number };
  readonly gone: Moment;
  readonly rescheduled?: Moment;
  readonly active?: Moment;
  readonly registered?: Moment;
  readonly appRestarted?: Moment;
  readonly goodPage: Moment;
  readonly back: Moment;
  readonly oldCopiesStopped?: Moment;
  readonly webBack?: Moment;
  readonly pageBack?: Moment;
}

/** Computed from what was recorded alone. Pure. */
export function failoverTimeline(record: RunRecord, moments: FailoverMoments): FailoverTimeline {
  const { broken, subject, faultMs, undoMs = Infinity, displaced } = moments;
  const runMs = (line: JournalLine | undefined) =>
    line === undefined ? undefined : Math.round(line.wallMs - record.wallToRunMs);
  const gone = eventsOf(record.events, 'machine-gone').find(
    ({ atMs, data }) => atMs >= faultMs && data.machine === broken,
  );
  const back = eventsOf(record.events, 'machine-present').find(
    ({ atMs, data }) => atMs >= undoMs && data.machine === broken,
  );
  const web = eventsOf(record.events, 'unit-state').find(
    ({ atMs, data }) => atMs >= undoMs && data.unit === displaced && data.state === running,
  );
  // The page may be asked before fleet is.
  const pageBackMs = moments.pageBackMs === undefined ? undefined : Math.max(moments.pageBackMs, web?.atMs ?? 0);
  const steps = subject === undefined ? {} : subjectSteps(record, subject, broken, faultMs, runMs);
  // Good is a page of an app that knows the new address, where there is one; else any after the loss was noticed.
  const knowingMs = subject === undefined ? gone?.atMs : (steps.appRestarted ?? steps.active)?.atMs;
  const page =
    knowingMs === undefined
      ? undefined
      : messagesWithRows(record.events, Math.max(knowingMs, faultMs)).find(({ data }) => data.machine !== broken);
  const stopped = record.journal.filter(
    ({ unit, machine, message, wallMs }) =>
      machine === broken &&
      moments.moved.includes(unit) &&
      message.startsWith(`Stopped ${unit}`) &&
      wallMs - record.wallToRunMs >= undoMs,
  );
  return {
    fault: { atMs: faultMs, detail: broken },
    gone: { atMs: gone?.atMs, detail: `fleet no longer lists ${broken}` },
    ...steps,
    goodPage: { atMs: page?.atMs, detail: `${page?.data.rows ?? '?'} rows from ${page?.data.machine ?? '?'}` },
    back: { atMs: back?.atMs, detail: `fleet lists ${broken} again` },
    ...(stopped.length > 0 && {
      oldCopiesStopped: { atMs: runMs(stopped.at(-1)), detail: `${stopped.length} units stopped on ${broken}` },
    }),
    ...(displaced !== undefined && {
      webBack: { atMs: web?.atMs, detail: `${displaced} runs on ${web?.data.machine ?? '?'}` },
      pageBack: { atMs: pageBackMs, detail: `rows on the page of ${broken}` },
    }),
  };
}

type SubjectSteps = Pick<FailoverTimeline, 'rescheduled' | 'active' | 'registered' | 'appRestarted'>;

function subjectSteps(
  { events, journal }: RunRecord,
  { unit, key }: Subject,
  broken: string,
  faultMs: number,
  runMs: (line: JournalLine | undefined) => number | undefined,
): SubjectSteps {
  const after = events.filter(({ atMs }) => atMs >= faultMs);
  const name = shortUnit(unit);
  const placed = eventsOf(after, 'unit-target').find(
    ({ data }) => data.unit === unit && data.to !== null && data.to !== broken,
  );
  const to = placed?.data.to ?? '?';
  const started = journal.find(
    (line) =>
      line.unit === unit &&
      line.machine === to &&
      (runMs(line) ?? 0) >= faultMs &&
      line.message.startsWith(`Started ${unit}`),
  );
  const placement = {
    rescheduled: { atMs: placed?.atMs, detail: `${name} placed on ${to}` },
    active: { atMs: runMs(started), detail: `${name} started on ${to}` },
  };
  if (key === undefined) return placement;
  const announced = eventsOf(after, 'key-set').find(({ data }) => data.key === key.name && data.value !== key.old);
  const address = announced?.data.value ?? '?';
  const restarted = announced === undefined ? undefined : firstToKnow(journal, unit, address, announced.wallMs);
  return {
    ...placement,
    registered: { atMs: announced?.atMs, detail: `${key.name} = ${address}` },
    appRestarted: {
      atMs: runMs(restarted),
      detail: restarted === undefined ? '' : `${restarted.unit} on ${restarted.machine}`,
    },
  };
}

/** The first web unit that started with the new address, by its own log line. */
function firstToKnow(journal: readonly JournalLine[], unit: string, address: string, fromWallMs: number) {
  // The key is seen by sampling; the app may have read it up to one sample earlier.
  const sampleMs = 1_000;
  return journal.find(
    ({ unit: app, message, wallMs }) =>
      app.startsWith('web@') && wallMs >= fromWallMs - sampleMs && tellsAddress(message, unit, address),
  );
}

/** Does an app's log line say that it uses this address of this unit? */
export function tellsAddress(message: string, unit: string, address: string): boolean {
  if (unit.startsWith('couchbase@')) return namesCouchbase(message, address);
  return message.startsWith('current config') && message.includes(`'${address}:`);
}
