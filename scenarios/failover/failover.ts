import type { MachineUnderTest } from '../harness/context/lab-under-test.ts';
import type { FailoverSteps } from '../harness/prediction/failover-steps.ts';
import { type ClusterView, runningOn } from '../harness/record/cluster-view.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import type { FailureKind } from '../harness/prediction/detection.ts';
import { choice, scenario, machineTarget, type ScenarioContext } from '../scenario.ts';
import { announcedAnew, documentsStored, oldCopiesStopped } from './conditions.ts';
import { reportFigures } from './figures.ts';
import { type FailoverOutcome, failoverFindings } from './findings.ts';
import { predictionFor } from '../harness/prediction/prediction-for.ts';
import { movableUnits, type Subject, subjectOf } from '../harness/prediction/subject.ts';
import { failoverTimeline } from './timeline.ts';
import { shortUnit } from '../harness/record/unit-name.ts';

const stepWithin = 120_000;

/** Takes a machine away, proves that the stack survives it, brings the machine back and proves that all is as before. */
export const failover = scenario({
  name: 'failover',
  summary:
    'one machine goes down (--by halt, cut, pause or partition): what moves, how fast, and what the visitor sees',
  needs: { stack: 'deployed' },
  parameters: {
    by: choice(
      ['halt', 'cut', 'pause', 'partition'],
      'how the machine goes: in order, by pulling its cord, standing still, out of reach',
    ),
    target: machineTarget(
      'machine running couchbase@1',
      'which: core-02, "engine leader", "etcd leader", "machine running memcached@2"',
    ),
  },
  run,
});

interface Parameters {
  readonly by: FailureKind;
  readonly target: string;
}

type FailoverContext = ScenarioContext<Parameters>;

/** What was there before the fault, and what the units of the machine are to this failover. */
interface Before {
  readonly broken: MachineUnderTest;
  readonly view: ClusterView;
  readonly predicted: FailoverSteps;
  readonly subject: Subject | undefined;
  readonly moved: readonly string[];
  /** The machine's web unit, which no other machine takes. */
  readonly displaced: string | undefined;
  readonly documents: number | undefined;
}

/** What is known of a run while it goes on. */
type Outcome = { -readonly [K in keyof FailoverOutcome]: FailoverOutcome[K] };

async function run(context: FailoverContext): Promise<void> {
  const before = await lookBefore(context);
  const { broken, predicted, subject, moved, displaced, documents } = before;
  const outcome: Outcome = {
    broken: broken.name,
    subject,
    moved,
    displaced,
    faultMs: context.now(),
    undoMs: undefined,
    settledMs: undefined,
    healedMs: undefined,
    pageBackMs: undefined,
    documents: { before: documents, after: undefined },
  };
  context.afterwards((record) => {
    const timeline = failoverTimeline(record, outcome);
    reportFigures(context, timeline, predicted, outcome.undoMs, outcome.healedMs);
    for (const finding of failoverFindings(record, outcome, timeline)) context.invariant(finding);
  });
  const survivors = before.view.units
    .map(({ name }) => name)
    .filter((name) => name !== displaced && runningOn(before.view, name) !== undefined);
  const { fault, announcedMs } = await takeAway(context, before, survivors, outcome);
  await bringBack(context, before, survivors, { fault, announcedMs, outcome });
}

async function lookBefore(context: FailoverContext): Promise<Before> {
  const { lab, parameters } = context;
  context.phase('before');
  const broken = await lab.machine(parameters.target);
  const rows = context.until(lab.page.showsRows(lab.machines.length), { within: stepWithin });
  const view = lab.fleet.view;
  const [predicted] = await Promise.all([
    predictionFor(lab, parameters.by, broken, view),
    context.snapshot('before'),
    rows,
    // Pages show what they last had: the worker may not have found a new Couchbase yet.
    context.until(documentsStored(lab), { within: stepWithin }),
  ]);
  const documents = await lab.page.documents();
  const moved = movableUnits(view, broken.name);
  const displaced = view.units.find(
    ({ name }) => name.startsWith('web@') && runningOn(view, name) === broken.name,
  )?.name;
  context.fact('machine', broken.name);
  context.fact('by', parameters.by);
  const units = displaced === undefined ? moved : [...moved, displaced];
  context.note(`${broken.name} runs ${units.length === 0 ? 'nothing' : units.map(shortUnit).join(', ')}`);
  return { broken, view, predicted, subject: subjectOf(view, broken.name), moved, displaced, documents };
}

/** Until the page shows rows without the machine. */
async function takeAway(
  context: FailoverContext,
  { broken, subject }: Before,
  survivors: readonly string[],
  outcome: Outcome,
): Promise<{ fault: ActiveFault; announcedMs: number }> {
  const { lab, parameters } = context;
  context.phase(`${parameters.by} ${broken.name}`);
  const fault = await inject(context, broken.name);
  outcome.faultMs = fault.fromMs;
  await context.until(lab.fleet.machineGone(broken.name), { within: stepWithin });
  if (subject?.key !== undefined) await context.until(announcedAnew(lab, subject.key), { within: stepWithin });
  const announcedMs = context.now();
  await context.until(lab.page.showsRows(lab.machines.length - 1, announcedMs), { within: stepWithin });
  await context.until(lab.fleet.unitsRunning(survivors), { within: stepWithin });
  outcome.settledMs = context.now();
  await context.snapshot('during');
  return { fault, announcedMs };
}

/** Until all is as before. */
async function bringBack(
  context: FailoverContext,
  { broken, subject, moved, displaced, documents }: Before,
  survivors: readonly string[],
  { fault, announcedMs, outcome }: { fault: ActiveFault; announcedMs: number; outcome: Outcome },
): Promise<void> {
  const { lab } = context;
  context.phase(`${broken.name} comes back`);
  const undoMs = context.now();
  outcome.undoMs = undoMs;
  const home = subject === undefined ? undefined : lab.fleet.runningOn(subject.unit);
  const witness = home ?? lab.machines.find(({ name }) => name !== broken.name)?.name ?? broken.name;
  const [, documentsAfter] = await Promise.all([
    fault.undo(),
    lab.page.documents(),
    context.until(lab.page.changes(announcedMs), { within: stepWithin }),
  ]);
  outcome.documents = { before: documents, after: documentsAfter };
  await context.until(lab.fleet.machinePresent(broken.name), { within: stepWithin });
  const all = displaced === undefined ? survivors : [...survivors, displaced];
  await context.until(oldCopiesStopped(lab, broken.name, moved), { within: stepWithin });
  // A web unit that ran on out of reach shows its old Couchbase's rows until that stops, and restarts then.
  if (displaced !== undefined) {
    await context.until(lab.page.showsRowsOn(broken.name, context.now()), { within: stepWithin });
    outcome.pageBackMs = context.now();
  }
  await context.until(lab.fleet.unitsRunning(all), { within: stepWithin });
  await context.until(lab.etcd.healthy(), { within: stepWithin });
  await context.until(lab.page.showsRows(lab.machines.length, undoMs), { within: stepWithin });
  outcome.healedMs = context.now();
  await context.snapshot('after');
  // A browser takes seconds of CPU from two busy cores: not while anything is timed.
  await lab.page.screenshot(witness, 'page-after-failover');
}

function inject({ fault, parameters }: ScenarioContext<Parameters>, machine: string): Promise<ActiveFault> {
  switch (parameters.by) {
    case 'halt':
      return fault.halt(machine);
    case 'cut':
      return fault.cut(machine);
    case 'pause':
      return fault.pause(machine);
    case 'partition':
      return fault.partition(machine);
  }
}
