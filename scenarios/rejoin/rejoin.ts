import { LabError } from '../../errors/lab-error.ts';
import type { Condition } from '../../provision/cluster/conditions.ts';
import { allUnits } from '../deploy/stack.ts';
import type { MachineUnderTest } from '../harness/context/lab-under-test.ts';
import type { ActiveFault } from '../harness/faults/fault-record.ts';
import { scenario, type ScenarioContext, text } from '../scenario.ts';
import { returnFindings } from './findings.ts';
import { leaveMarker, type MachineTraces, machineTraces } from './machine-traces.ts';

const awayDeadlineMs = 120_000;

/** Halts a machine and lets it return, then destroys it and builds it anew, and compares the two. */
export const rejoin = scenario({
  name: 'rejoin',
  summary:
    'halt against destroy: a halted machine returns with its data, a destroyed one is built anew and works again',
  needs: { stack: 'deployed', capabilities: ['halt', 'cut', 'exec'] },
  parameters: {
    target: text('machine running couchbase@1', 'machine', 'which machine: core-02, or a role such as "etcd leader"'),
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
    const halted = await fault.halt(machine.name);
    const returned = await comeBack(context, { machine, unit, by: 'halt', before, fault: halted });

    context.phase(`destroy ${machine.name}`);
    const cut = await fault.cut(machine.name);
    await lab.destroyMachine(machine.name);
    context.note(`the disk of ${machine.name} is thrown away, Docker's too`);
    await comeBack(context, { machine, unit, by: 'destroy', before: returned, fault: cut });
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
}

/** Waits until the others have taken over, brings the machine back and says what is as it was. */
async function comeBack(context: ScenarioContext<unknown>, absence: Absence): Promise<MachineTraces> {
  const { lab } = context;
  const { machine, unit, by, before, fault } = absence;
  const within = { within: awayDeadlineMs };
  const gone = await context.until(lab.fleet.machineGone(machine.name), within);
  await context.until(lab.fleet.unitsRunning(allUnits.filter((name) => name !== unit)), within);
  const stored = `${by} at ${Math.round(fault.fromMs)} ms`;
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

  const group = by;
  context.measure('fleet counts it as gone', { from: fault.fromMs, to: gone.atMs, group, ...goneBy(context, by) });
  // What the machine's own journal says is exact; the rest is what others see of it.
  context.afterwards(({ journal, wallToRunMs }) => {
    const line = journal.find(
      (one) => one.machine === machine.name && /^etcd/.test(one.unit) && one.wallMs - wallToRunMs >= fromMs,
    );
    const to = line === undefined ? undefined : Math.round(line.wallMs - wallToRunMs);
    context.measure('back: its systemd starts the services', { from: fromMs, to, group });
    context.measure('back: all etcd members healthy', { from: fromMs, to: healthy.atMs, group });
    context.measure('back: fleet lists it', { from: fromMs, to: present.atMs, group });
    context.measure(`back: ${unit} runs on it`, { from: fromMs, to: runs.atMs, group });
    context.measure('back: the whole stack runs', { from: fromMs, to: settledMs, group });
  });
  const runsOn = lab.fleet.runningOn(unit);
  for (const finding of returnFindings({
    ...{ machine: machine.name, by, before, after, unit, runsOn, stored },
    own: own.ok ? own.value : undefined,
  }))
    context.invariant(finding);
  return after;
}

/** A halted fleet says goodbye; a cut machine's lease (its TTL less 1 s, renewed at every third) must run out. */
function goneBy({ lab }: ScenarioContext<unknown>, by: 'halt' | 'destroy') {
  if (by === 'halt') return {};
  const { fleetAgentTtlMs, etcdElectionMs } = lab.config.timers;
  const leaseMs = Math.max(2_000, fleetAgentTtlMs - 1_000);
  const minMs = Math.round((leaseMs * 2) / 3);
  const terms = `rest of a ${leaseMs / 1000} s lease; after an election of etcd all of it, and the election`;
  return { predicted: { minMs, maxMs: leaseMs + 3 * etcdElectionMs + 1_000, terms } };
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
  const others = lab.machines.filter(({ name }) => name !== away);
  return {
    name: `etcd stores a key while ${away} is away`,
    missing: async () => {
      const answer = await lab.etcd.put(others[0]?.name ?? '', key, value, { ttlSeconds: 600 });
      return answer.ok ? undefined : answer.error;
    },
  };
}
