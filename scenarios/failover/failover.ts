import { runningOn } from '../harness/record/cluster-view.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import type { FailureKind } from '../harness/prediction/detection.ts';
import { choice, scenario, text, type ScenarioContext } from '../scenario.ts';
import { announcedAnew, documentsStored, oldCopiesStopped } from './conditions.ts';
import { reportFigures } from './figures.ts';
import { failoverFindings } from './findings.ts';
import { predictionFor } from '../harness/prediction/prediction-for.ts';
import { movableUnits, subjectOf } from '../harness/prediction/subject.ts';
import { failoverTimeline } from './timeline.ts';

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
    target: text(
      'machine running couchbase@1',
      'machine',
      'which: core-02, "engine leader", "etcd leader", "machine running memcached@2"',
    ),
  },
  run,
});

interface Parameters {
  readonly by: FailureKind;
  readonly target: string;
}

async function run(context: ScenarioContext<Parameters>): Promise<void> {
  const { lab, parameters } = context;
  const count = lab.machines.length;
  context.phase('before');
  const broken = await lab.machine(parameters.target);
  const rows = context.until(lab.page.showsRows(count), { within: stepWithin });
  const before = lab.fleet.view;
  const [predicted] = await Promise.all([
    predictionFor(lab, parameters.by, broken, before),
    context.snapshot('before'),
    rows,
    // Pages show what they last had: the worker may not have found a new Couchbase yet.
    context.until(documentsStored(lab), { within: stepWithin }),
  ]);
  const documentsBefore = await lab.page.documents();
  const subject = subjectOf(before, broken.name);
  const moved = movableUnits(before, broken.name);
  const displaced = before.units.find(
    ({ name }) => name.startsWith('web@') && runningOn(before, name) === broken.name,
  )?.name;
  context.fact('machine', broken.name);
  context.fact('by', parameters.by);
  context.note(`${broken.name} runs ${[...moved, displaced ?? ''].filter(Boolean).map(short).join(', ')}`);

  const outcome = {
    ...{ broken: broken.name, subject, moved, displaced, faultMs: context.now() },
    undoMs: undefined as number | undefined,
    settledMs: undefined as number | undefined,
    healedMs: undefined as number | undefined,
    pageBackMs: undefined as number | undefined,
    documents: { before: documentsBefore, after: undefined as number | undefined },
  };
  context.afterwards((record) => {
    const timeline = failoverTimeline(record, outcome);
    reportFigures(context, timeline, predicted, outcome.undoMs, outcome.healedMs);
    for (const finding of failoverFindings(record, outcome, timeline)) context.invariant(finding);
  });

  context.phase(`${parameters.by} ${broken.name}`);
  const fault = await inject(context, broken.name);
  outcome.faultMs = fault.fromMs;
  const survivors = before.units
    .map(({ name }) => name)
    .filter((name) => name !== displaced && runningOn(before, name) !== undefined);
  await context.until(lab.fleet.machineGone(broken.name), { within: stepWithin });
  if (subject?.key !== undefined) await context.until(announcedAnew(lab, subject.key), { within: stepWithin });
  const announcedMs = context.now();
  await context.until(lab.page.showsRows(count - 1, announcedMs), { within: stepWithin });
  await context.until(lab.fleet.unitsRunning(survivors), { within: stepWithin });
  outcome.settledMs = context.now();

  await context.snapshot('during');
  context.phase(`${broken.name} comes back`);
  outcome.undoMs = context.now();
  const home = subject === undefined ? undefined : lab.fleet.runningOn(subject.unit);
  const witness = home ?? lab.machines.find(({ name }) => name !== broken.name)?.name ?? broken.name;
  const [, documentsAfter] = await Promise.all([
    fault.undo(),
    lab.page.documents(),
    context.until(lab.page.changes(announcedMs), { within: stepWithin }),
  ]);
  outcome.documents.after = documentsAfter;
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
  await context.until(lab.page.showsRows(count, outcome.undoMs), { within: stepWithin });
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

function short(unit: string): string {
  return unit.replace(/\.service$/, '');
}
