import { LabError } from '#errors/lab-error.ts';
import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import { seconds } from '#errors/seconds.ts';
import { allUnits } from '../stack/stack.ts';
import { type AbsencePrediction, predictAbsence } from '../harness/prediction/absence-prediction.ts';
import { predictionFor } from '../harness/prediction/prediction-for.ts';
import { movableUnits } from '../harness/prediction/subject.ts';
import type { LabUnderTest, MachineUnderTest } from '../harness/context/lab-under-test.ts';
import { eventsOf } from '../harness/record/events-of.ts';
import type { ActiveFault } from '../harness/record/fault-record.ts';
import type { Prediction } from '../harness/record/run-report.ts';
import { scenario, type ScenarioContext, machineTarget } from '../scenario.ts';
import { returnFindings } from './findings.ts';
import { leaveMarker, type MachineTraces, machineTraces } from './machine-traces.ts';

const awayDeadlineMs = 120_000;

/** Halts a machine and lets it return, then destroys it and builds it anew, and compares the two. */
export const rejoin = scenario({
  name: 'rejoin',
  summary:
    'halt against destroy: a halted machine returns with its data, a destroyed one is built anew and works again',
  needs: { stack: 'deployed', capabilities: ['halt', 'exec'] },
  parameters: {
    target: machineTarget('machine running couchbase@1', 'which machine: core-02, or a role such as "etcd leader"'),
  },
  async run(context) {
    const { lab, fault } = context;
    const machine = await lab.machine(context.parameters.target);
    const unit = lab.fleet.view.units
      .map(({ name }) => name)
      .find((name) => name.startsWith('web@') && lab.fleet.runningOn(name) === machine.name);
    if (unit === undefined)
      throw new LabError({
        code: 'state.deploy',
        cause: `no web unit runs on ${machine.name}`,
        next: 'lab fleetctl list-units',
      });
    context.fact('machine', machine.name);
    await context.snapshot('before');
    await leaveMarker(machine);

    context.phase(`halt ${machine.name}`);
    const before = await machineTraces(machine);
    const away = await absenceOf(lab, machine);
    const halted = await fault.halt(machine.name);
    const returned = await comeBack(context, { machine, unit, by: 'halt', before, fault: halted, predicted: away });

    context.phase(`destroy ${machine.name}`);
    const awayAgain = await absenceOf(lab, machine);
    // Halted here too, so that the disk is all that differs.
    const gone = await fault.halt(machine.name);
    await lab.destroyMachine(machine.name);
    context.note(`the disk of ${machine.name} is thrown away, Docker's too`);
    await comeBack(context, {
      machine,
      unit,
      by: 'destroy',
      before: returned,
      fault: gone,
      predicted: awayAgain,
    });
    context.note(
      "in the book's set-up it could not return: the discovery URL counts its old member for ever, and is full",
    );
  },
});

interface Absence {
  readonly machine: MachineUnderTest;
  readonly unit: string;
  readonly by: 'halt' | 'destroy';
  readonly before: MachineTraces;
  readonly fault: ActiveFault;
  readonly predicted: AbsencePrediction;
}

async function absenceOf(lab: LabUnderTest, machine: MachineUnderTest): Promise<AbsencePrediction> {
  const { view } = lab.fleet;
  return predictAbsence(await predictionFor(lab, 'halt', machine, view), movableUnits(view, machine.name).length > 0);
}

/** Waits until the others have taken over, brings the machine back and says what is as it was. */
async function comeBack(context: ScenarioContext<unknown>, absence: Absence): Promise<MachineTraces> {
  const { lab } = context;
  const { machine, unit, by, before, fault, predicted } = absence;
  const within = { within: awayDeadlineMs };
  await context.until(lab.fleet.machineGone(machine.name), within);
  const elsewhere = await context.until(lab.fleet.unitsRunning(allUnits.filter((name) => name !== unit)), within);
  const stored = `${by} at ${seconds(fault.fromMs)}`;
  const key = `/lab/rejoin/${by}`;
  await context.until(keyStored(context, machine.name, key, stored), within);
  await context.snapshot(by === 'halt' ? 'halted' : 'destroyed');

  context.phase(by === 'halt' ? `${machine.name} returns` : `${machine.name} is built anew`);
  const fromMs = context.now();
  const [, healthy, present, runs] = await Promise.all([
    fault.undo(),
    context.until(lab.etcd.healthy(), within),
    context.until(lab.fleet.machinePresent(machine.name), within),
    context.until(runningOnIt(context, unit, machine.name), within),
  ]);
  await context.until(lab.fleet.unitsRunning(allUnits), within);
  const settledMs = context.now();
  const after = await machineTraces(machine);
  const own = await lab.etcd.get(machine.name, key, { stale: true });
  await context.snapshot(by === 'halt' ? 'returned' : 'rebuilt');

  // Read now: the journal goes with the disk.
  const journal = await lab.journal.lines(['etcd.service']);
  const runBeganMs = Date.now() - context.now();
  const line = journal.find((one) => one.machine === machine.name && one.wallMs - runBeganMs >= fromMs);
  const booted = line === undefined ? undefined : Math.round(line.wallMs - runBeganMs);
  const measure = (name: string, from: number, to: number | undefined, prediction?: Prediction) =>
    context.measure(name, { from, to, group: by, ...(prediction !== undefined && { predicted: prediction }) });
  // The command that halts, and the one that destroys, return later than that.
  const gone = eventsOf(context.events, 'machine-gone').find(
    ({ atMs, data }) => atMs >= fault.fromMs && data.machine === machine.name,
  );
  measure('fleet counts it as gone', fault.fromMs, gone?.atMs, predicted.gone);
  if (predicted.elsewhere !== undefined)
    measure('all that can move runs elsewhere', fault.fromMs, elsewhere.atMs, predicted.elsewhere);
  for (const [name, to] of [
    ['its systemd starts the services', booted],
    ['all etcd members healthy', healthy.atMs],
    ['fleet lists it', present.atMs],
    [`${unit} runs on it`, runs.atMs],
    ['the whole stack runs', settledMs],
  ] as const)
    measure(`back: ${name}`, fromMs, to);
  measure(`listed again -> ${unit} runs on it`, present.atMs, runs.atMs, predicted.webBack);
  const runsOn = lab.fleet.runningOn(unit);
  for (const finding of returnFindings({
    machine: machine.name,
    by,
    before,
    after,
    unit,
    runsOn,
    stored,
    own: own.ok ? own.value : undefined,
  }))
    context.invariant(finding);
  return after;
}

function runningOnIt({ lab }: ScenarioContext<unknown>, unit: string, machine: string): Condition {
  return {
    name: `${unit} runs on ${machine}`,
    missing: async () => {
      const on = lab.fleet.runningOn(unit);
      return on === machine ? undefined : `${unit} runs on ${on ?? 'no machine'}`;
    },
  };
}

/** Stored by one of the others, for ten minutes. */
function keyStored({ lab }: ScenarioContext<unknown>, away: string, key: string, value: string): Condition {
  const other = lab.machines.find(({ name }) => name !== away);
  return {
    name: `etcd stores a key while ${away} is away`,
    missing: async () => {
      if (other === undefined) return `${away} is the only machine`;
      const answer = await lab.etcd.put(other.name, key, value, { ttlSeconds: 600 });
      return answer.ok ? undefined : answer.error;
    },
  };
}
