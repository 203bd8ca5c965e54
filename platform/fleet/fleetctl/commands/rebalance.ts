import { LabError } from '#errors/lab-error.ts';
import type { FleetMachine, FleetUnit } from '../../client/fleet-client.ts';
import { desiredStates, type Snapshot } from '../../parts/model.ts';
import { planRebalance, type RebalanceStep } from '../../engine/rebalance.ts';
import { withoutCircles } from '../../engine/replacing.ts';
import { requirementsOf } from '../../unit/requirements.ts';
import type { Command } from '../context.ts';
import { judgeLaunch, type Progress } from '../launch-look.ts';
import { deadlineMs, reportFailures, waitForUnits, type Look } from '../wait.ts';

export const rebalance: Command = {
  name: 'rebalance',
  args: '',
  summary: 'level the number of units per machine with the fewest moves',
  flags: [
    { name: 'dry-run', kind: 'switch', help: 'say what would be moved, and why' },
    { name: 'apply', kind: 'switch', help: 'move one after the other, until one does not come up' },
    { name: 'block-attempts', kind: 'text', help: 'wait this many times 2 s for each (0: 2 min)' },
    { name: 'json', kind: 'switch', help: 'the plan as JSON' },
  ],
  async run(context) {
    const [isDry, isApplied] = [context.flags.on('dry-run'), context.flags.on('apply')];
    if (isDry === isApplied || context.args.length > 0) {
      throw new LabError({
        code: 'usage.rebalance',
        cause: 'say --dry-run, or --apply',
        next: 'fleetctl rebalance --dry-run',
      });
    }
    const totalMs = deadlineMs(context, 120_000);
    const [machines, units] = await Promise.all([context.client.listMachines(), context.client.listUnits()]);
    const plan = planRebalance(snapshotOf(machines, units));
    const name = (id: string): string => machines.find((m) => m.id === id)?.hostname ?? id.slice(0, 8);
    const inOneLine = ({ units: moved, from, to, reason }: RebalanceStep): string =>
      `${moved.join(', ')}: ${name(from)} -> ${name(to)} (${reason})`;
    const counts = (of: ReadonlyMap<string, number>): string => [...of].map(([m, n]) => `${m}:${n}`).join(' ');
    if (context.flags.on('json')) {
      const { steps, before, after } = plan;
      context.out(JSON.stringify({ steps, before: Object.fromEntries(before), after: Object.fromEntries(after) }));
      if (isDry) return 0;
    } else if (plan.steps.length === 0) context.out(`Nothing to move: units ${counts(plan.before)}`);
    for (const step of plan.steps) {
      if (!context.flags.on('json')) context.out(`${isDry ? 'Would move' : 'Moving'} ${inOneLine(step)}`);
      if (isDry) continue;
      await context.client.moveUnits(step);
      const failures = await waitForUnits(context, step.units, totalMs, judgeOf(step));
      if (failures.length > 0) return reportFailures(context, failures);
    }
    if (plan.steps.length > 0 && !context.flags.on('json'))
      context.out(`Units ${counts(plan.before)} ${isDry ? 'would become' : 'became'} ${counts(plan.after)}`);
    return 0;
  },
};

function snapshotOf(machines: readonly FleetMachine[], units: readonly FleetUnit[]): Snapshot {
  return {
    missingMachinesAreDead: true,
    machines: machines.map((m) => ({
      id: m.id,
      name: m.hostname ?? m.id.slice(0, 8),
      ip: m.primaryIP ?? '',
      metadata: m.metadata ?? {},
    })),
    units: withoutCircles(
      units.map((u) => ({
        name: u.name,
        requirements: requirementsOf(u.name, u.options),
        desired: desiredStates.find((s) => s === u.desiredState) ?? 'inactive',
        ...(u.machineID !== undefined && { target: u.machineID }),
      })),
    ),
  };
}

/** An engine that leads answers within milliseconds; by then the request itself has gone. */
const askedMs = 12_000;

function judgeOf({ from, to }: RebalanceStep): Parameters<typeof waitForUnits>[3] {
  const progress = new Map<string, Progress>();
  return ({ name, unit, states }, machines, waitedMs): Look => {
    const failed = (cause: string): Look => ({
      failed: new LabError({ code: 'state.not-moved', cause: `Unit ${name} ${cause}`, next: `fleetctl why ${name}` }),
    });
    if (unit === undefined) return failed('was destroyed meanwhile');
    if (unit.machineID === from && waitedMs < askedMs) return { missing: 'not moved yet' };
    if (unit.machineID === from) return failed('was left where it is');
    if (unit.machineID !== to) return failed('was moved elsewhere meanwhile');
    const own = progress.get(name) ?? { announced: true };
    progress.set(name, own);
    const wanted = unit.desiredState === 'loaded' ? 'loaded' : 'launched';
    const state = states.find((s) => s.machineID === to);
    return judgeLaunch({ unit, state, machines, wanted, waitedMs, progress: own, announce: () => undefined });
  };
}
