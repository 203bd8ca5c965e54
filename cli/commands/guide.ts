import { type Happening, whatHappened } from '#guide/conditions/happened.ts';
import type { Observed } from '#guide/conditions/observed.ts';
import { unitPasts } from '#guide/observe/unit-pasts.ts';
import { holds, type Judged } from '#guide/walk/check-step.ts';
import { untilHeld } from '#guide/walk/go-to.ts';
import { beginReading, beginStep, checkNow, lookForStep, openReading, type Reading } from '#guide/walk/reading.ts';
import { commandsOf, lookFrom, wordsOf } from '../guide-place.ts';
import type { Invocation } from '../invocation.ts';
import { describeLab, lookAtLab, requireRoot } from '../open-lab.ts';
import { type ShownStep, renderCheck, renderStep } from '../render/guide.ts';
import { printErr, printOut } from '../render/terminal.ts';

interface Json {
  readonly json?: boolean;
}

/** `lab guide`: where the reader is; begins the chapter, or the guide that is named, in a directory without one. */
export async function guide(from: Invocation, name: string | undefined, options: Json): Promise<void> {
  const { reading, seen } = await lookedAt(from, await beginReading(from.repoDir, process.cwd(), name));
  showStep(from, reading, seen, options);
}

/** `lab guide check` */
export async function guideCheck(from: Invocation, options: Json & { wait?: boolean }): Promise<void> {
  requireRoot();
  const look = lookFrom(from);
  const before = await openReading(from.repoDir, process.cwd());
  if (options.wait !== true) {
    const { judged, reading } = await checkNow(before, look);
    return showCheck(reading, judged, options, await happenedIn(from, before));
  }
  const { config } = await describeLab(from);
  const tell = (line: string) => printErr(line.trim());
  const { judged, reading } = await untilHeld(before, { look, stretch: config.stretch, tell });
  showCheck(reading, judged, options, await happenedIn(from, before));
}

/** What the lab did since the step before was done: since the guide was begun, for the first one. */
async function happenedIn(from: Invocation, { progress, step }: Reading): Promise<Happening[]> {
  const before = Object.entries(progress.passed).filter(([id]) => id !== step.id);
  const since =
    before
      .map(([, at]) => at)
      .sort()
      .at(-1) ?? progress.begun;
  const pasts = await unitPasts(await lookAtLab(from));
  return whatHappened(pasts, Date.parse(since), Date.now());
}

/** `lab guide next` */
export async function guideNext(from: Invocation, options: Json): Promise<void> {
  requireRoot();
  const look = lookFrom(from);
  const before = await openReading(from.repoDir, process.cwd());
  // What held once may be undone on purpose by now: it counts.
  const done = before.progress.passed[before.step.id] !== undefined;
  const { judged, reading } = done ? { judged: [], reading: before } : await checkNow(before, look);
  const following = reading.guide.steps[reading.step.number];
  if (!holds(judged) || following === undefined) return showCheck(reading, judged, options);
  const next = await lookedAt(from, await beginStep(reading, following, look));
  showStep(from, next.reading, next.seen, options);
}

/** Where somebody may ask the lab it is looked at: machines, values and places have names then. */
async function lookedAt(from: Invocation, reading: Reading): Promise<{ reading: Reading; seen: Observed | undefined }> {
  if (process.getuid?.() !== 0) return { reading, seen: undefined };
  return lookForStep(reading, lookFrom(from), { check: false });
}

function showStep(from: Invocation, reading: Reading, seen: Observed | undefined, options: Json): void {
  const { step, guide: followed, progress } = reading;
  const words = wordsOf(reading, seen);
  const typed = commandsOf(from, reading, seen);
  const shown: ShownStep = {
    guide: followed.title,
    step: { number: step.number, id: step.id, title: step.title },
    of: followed.steps.length,
    done: progress.passed[step.id] !== undefined,
    goal: words(step.goal),
    type: step.type.map(typed),
    look: step.look.map(typed),
    open: step.open.map(words),
    see: step.see.map(words),
    errata: step.errata.map(({ printed, happens, instead }) => ({
      printed: words(printed),
      happens: words(happens),
      instead: words(instead),
    })),
    questions: step.question.length,
  };
  if (options.json === true) console.log(JSON.stringify(shown));
  else printOut(renderStep(shown));
}

function showCheck(
  { guide: followed, step }: Reading,
  judged: readonly Judged[],
  options: Json,
  happened: readonly Happening[] = [],
): void {
  const done = holds(judged);
  const last = step.number === followed.steps.length;
  const shown = {
    step: { number: step.number, id: step.id, title: step.title },
    of: followed.steps.length,
    done,
    last,
    conditions: judged.map(({ condition, text, missing }) => ({ condition, text, missing: missing ?? null })),
    happened: happened.map(({ atMs, text }) => ({ at: new Date(atMs).toISOString(), text })),
  };
  if (options.json === true) console.log(JSON.stringify(shown));
  else printOut(renderCheck(shown));
  if (!done) process.exitCode = 1;
}
