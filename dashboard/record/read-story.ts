import { LabError } from '#errors/lab-error.ts';
import type { RunEvent } from '#scenarios/harness/record/run-event.ts';
import type { RunReport } from '#scenarios/harness/record/run-report.ts';
import { readRecord, readReport } from '#scenarios/harness/report/read-run.ts';
import { nothingSeen } from '../moment/moment.ts';
import type { Seen } from '../moment/seen.ts';
import type { Story } from '../moment/story.ts';

/** A recorded run as a story, and when that began; ms since the epoch. */
export interface RecordedStory {
  readonly story: Story;
  readonly beganWallMs: number;
  /** The sentence of its verdict; undefined for a run that was broken off, or is not over. */
  readonly sentence: string | undefined;
}

/**
 * Reads a run from its files. Without a report (it was broken off, or still goes on) its events alone are the story.
 * @throws LabError `input.record`, `input.report` naming file and line; `missing.record` for a run without any event
 */
export async function readStory(runDir: string): Promise<RecordedStory> {
  const [{ events }, report] = await Promise.all([readRecord(runDir), reportOf(runDir)]);
  const [first] = events;
  if (first === undefined) {
    throw new LabError({
      code: 'missing.record',
      cause: `${runDir} has no events: there is nothing to travel through`,
      next: 'lab runs (choose another)',
    });
  }
  const beganWallMs = first.wallMs - first.atMs;
  const facts = report === undefined ? [] : factsOf(report, beganWallMs);
  const story = { base: nothingSeen, seen: inOrder(events, facts) };
  return { story, beganWallMs, sentence: report?.sentence };
}

async function reportOf(runDir: string): Promise<RunReport | undefined> {
  return readReport(runDir).catch((error: unknown) => {
    if (error instanceof LabError && error.code === 'missing.report') return undefined;
    throw error;
  });
}

/** What the report has beside the events: which machines there were, their parts at each snapshot, and the engines' decisions. */
function factsOf({ lab, snapshots, decisions }: RunReport, beganWallMs: number): Seen[] {
  const stamps = (atMs: number) => ({ atMs, wallMs: beganWallMs + atMs });
  const first = snapshots[0]?.machines ?? [];
  return [
    { ...stamps(0), type: 'lab', data: { name: lab.name, state: 'up' } },
    // Who led before the first snapshot nobody has written down.
    ...first.map(({ name, address }): Seen => ({
      ...stamps(0),
      type: 'machine',
      data: { machine: name, address, state: 'running', etcd: 'unknown', engine: false },
    })),
    ...snapshots.flatMap(({ atMs, machines }) =>
      machines.map(({ name, address, state, etcd, engine }): Seen => ({
        ...stamps(atMs),
        type: 'machine',
        data: { machine: name, address, state, etcd, engine },
      })),
    ),
    ...decisions.map(({ atMs, ...decision }): Seen => ({
      ...stamps(atMs),
      type: 'decision',
      data: withoutAbsent(decision),
    })),
  ];
}

/** By their times; of the same millisecond the facts first, as the report has them of what was there already. */
function inOrder(events: readonly RunEvent[], facts: readonly Seen[]): Seen[] {
  return [...facts, ...events]
    .map((one, index) => ({ one, index }))
    .sort((a, b) => a.one.atMs - b.one.atMs || a.index - b.index)
    .map(({ one }) => one);
}

function withoutAbsent(
  decision: Omit<RunReport['decisions'][number], 'atMs'>,
): Extract<Seen, { type: 'decision' }>['data'] {
  const { from, to, ...rest } = decision;
  return { ...rest, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
