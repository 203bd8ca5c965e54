import type { Condition } from '#provision/cluster/conditions/conditions.ts';
import { allUnits } from '../stack/stack.ts';
import { predictAbsence } from '../harness/prediction/absence-prediction.ts';
import { predictionFor } from '../harness/prediction/prediction-for.ts';
import { movableUnits } from '../harness/prediction/subject.ts';
import type { MachineUnderTest } from '../harness/context/lab-under-test.ts';
import { eventsOf } from '../harness/record/events-of.ts';
import type { FailoverSteps } from '../harness/prediction/failover-steps.ts';
import type { RunRecord } from '../harness/record/run-record.ts';
import { scenario, type ScenarioContext } from '../scenario.ts';
import { rollingFindings } from './findings.ts';
import { type OutagePredictions, predictOutages } from './outages.ts';
import { requests } from './requests.ts';

const backDeadlineMs = 120_000;

/** Reboots every machine, one after another, under load; the next one only when the cluster is whole again. */
export const rolling = scenario({
  name: 'rolling',
  summary: 'all machines rebooted one after another under load, each when the cluster is whole again; failures counted',
  needs: { stack: 'deployed', capabilities: ['reboot', 'exec'] },
  parameters: {},
  async run(context) {
    const { lab } = context;
    await context.until(lab.page.showsRows(lab.machines.length), { within: backDeadlineMs });
    await context.snapshot('before');
    const steps: FailoverSteps[] = [];
    for (const machine of lab.machines) steps.push(await rebootOne(context, machine));
    await context.snapshot('after');
    const end = { view: lab.fleet.view, members: await lab.etcd.members(), units: allUnits };
    context.afterwards((record) => {
      tellRequests(context, record, predictOutages(steps, lab.config.timers));
      for (const finding of rollingFindings(record, end)) context.invariant(finding);
    });
  },
});

type Context = ScenarioContext<unknown>;

/** @returns what the timers said about its absence */
async function rebootOne(context: Context, machine: MachineUnderTest): Promise<FailoverSteps> {
  const { lab, fault } = context;
  const { name } = machine;
  const within = { within: backDeadlineMs };
  const here = lab.fleet.view.units.map((unit) => unit.name).filter((unit) => lab.fleet.runningOn(unit) === name);
  const engine = (await lab.fleet.engineLeader()) === name ? ', and leads the engine' : '';
  const etcd = (await lab.etcd.leader()) === name ? ', and leads etcd' : '';
  context.phase(`reboot ${name}`);
  context.note(
    `${name} runs ${here.map((unit) => unit.replace('.service', '')).join(', ') || 'nothing'}${engine}${etcd}`,
  );

  const steps = await predictionFor(lab, 'halt', machine, lab.fleet.view);
  const predicted = predictAbsence(steps, movableUnits(lab.fleet.view, name).length > 0);
  const before = await bootedAt(machine);
  const reboot = await fault.reboot(name);
  await context.until(bootedAgain(machine, before), within);
  // All that makes the cluster whole, waited for at once so that each is known by its own time.
  const [present, healthy, running] = await Promise.all([
    context.until(lab.fleet.machinePresent(name), within),
    context.until(lab.etcd.healthy(), within),
    context.until(lab.fleet.unitsRunning(allUnits), within),
  ]);
  const pages = await context.until(lab.page.showsRows(lab.machines.length, running.atMs), within);
  await reboot.undo();

  const from = reboot.fromMs;
  const gone = eventsOf(context.events, 'machine-gone').find(({ atMs, data }) => atMs >= from && data.machine === name);
  const detail = `it ran ${here.length} units${engine}${etcd}`;
  context.measure('fleet counts it as gone', {
    from,
    to: gone?.atMs,
    group: name,
    detail,
    predicted: predicted.gone,
  });
  context.measure('fleet lists it again', { from, to: present.atMs, group: name });
  context.measure('all etcd members healthy', { from, to: healthy.atMs, group: name });
  context.measure('all units running', { from, to: running.atMs, group: name });
  context.measure('whole: the page shows rows on every machine', { from, to: pages.atMs, group: name });
  // Without the boot, which no timer tells.
  context.measure('listed again -> all units running', {
    from: present.atMs,
    to: Math.max(present.atMs, running.atMs),
    group: name,
    predicted: predicted.allRun,
  });
  context.measure('all units running -> every page shows rows', {
    from: running.atMs,
    to: pages.atMs,
    group: name,
    predicted: predicted.rows,
  });
  return steps;
}

/** When the machine's PID 1 began, µs of the monotonic clock; undefined while it does not answer. */
async function bootedAt(machine: MachineUnderTest): Promise<string | undefined> {
  const show = ['systemctl', 'show', '--property=UserspaceTimestampMonotonic', '--value'];
  const answer = await machine.exec(show).catch(() => undefined);
  return answer?.exitCode === 0 ? answer.stdout.trim() : undefined;
}

function bootedAgain(machine: MachineUnderTest, before: string | undefined): Condition {
  return {
    name: `${machine.name} has booted again`,
    missing: async () => {
      const now = await bootedAt(machine);
      if (now === undefined) return `${machine.name} is away`;
      return now === before ? `${machine.name} still shuts down` : undefined;
    },
  };
}

function tellRequests(context: Context, record: RunRecord, predicted: OutagePredictions): void {
  const group = 'requests: longest outage';
  for (const { probe, machine, asked, failed, longestOutage, lostSessions } of requests(record.samples)) {
    const who = machine === undefined ? probe : `${probe} on ${machine}`;
    const lost = probe === 'page' ? `, ${lostSessions} sessions lost` : '';
    if (machine === undefined) context.fact(`${who}: failed requests`, `${failed} of ${asked}${lost}`);
    if (longestOutage === undefined) continue;
    const inRun = (wallMs: number) => Math.round(wallMs - record.wallToRunMs);
    const [from, to] = [inRun(longestOutage.fromMs), inRun(longestOutage.toMs)];
    const told = machine === undefined ? predicted[probe] : undefined;
    const detail = `${failed} of ${asked} requests failed${lost}`;
    context.measure(who, { from, to, group, detail, ...(told !== undefined && { predicted: told }) });
  }
}
