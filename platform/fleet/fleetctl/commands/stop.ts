import { LabError } from '#errors/lab-error.ts';
import type { UnitChange } from '../../client/change-units.ts';
import type { FleetMachine, FleetUnitState, FleetUnitStatus } from '../../client/fleet-client.ts';
import { requirementsOf } from '../../unit/requirements.ts';
import { noUnits, saying, type Command, type Context } from '../context.ts';
import { machineLabel } from '../machine-label.ts';
import { existingUnits } from '../unit-arguments.ts';
import { deadlineMs, reportFailures, waitForUnits, type Look } from '../wait.ts';
import { waitFlags } from './start.ts';

export const stop: Command = {
  name: 'stop',
  args: 'UNIT...',
  summary: 'stop units; they stay loaded on their machines',
  flags: waitFlags,
  run: (context) => bringDown(context, { verb: 'stop', wanted: 'loaded', done: 'stopped', judge: judgeStopped }),
};

export const unload: Command = {
  name: 'unload',
  args: 'UNIT...',
  summary: 'stop units and take them off their machines',
  flags: waitFlags,
  run: (context) => bringDown(context, { verb: 'unload', wanted: 'inactive', done: 'unloaded', judge: judgeUnloaded }),
};

interface Way {
  readonly verb: 'stop' | 'unload';
  readonly wanted: 'loaded' | 'inactive';
  readonly done: string;
  readonly judge: (context: Context, seen: SeenUnit) => Look;
}

/** A unit that still exists. */
interface SeenUnit {
  readonly unit: FleetUnitStatus;
  readonly states: readonly FleetUnitState[];
  readonly machines: readonly FleetMachine[];
  /** It was loaded already when it was to be stopped, and systemd ran it on its own account. */
  readonly ranLoaded: boolean;
}

async function bringDown(context: Context, way: Way): Promise<number> {
  if (context.args.length === 0) throw noUnits(way.verb);
  const totalMs = deadlineMs(context, 120_000);
  const units = await existingUnits(context.client, context.args);
  const changes: UnitChange[] = [];
  const globals: string[] = [];
  const changing: string[] = [];
  const ranLoaded = new Set<string>();
  const failures: LabError[] = [];
  // A unit that is only loaded may run all the same: its timer, its socket or another unit has started it.
  const running = new Set(
    way.verb === 'stop' ? (await context.client.listStates()).filter(runs).map((s) => s.name) : [],
  );
  for (const unit of units) {
    const already = unit.desiredState === way.wanted && !running.has(unit.name);
    if (way.verb === 'stop' && unit.desiredState === 'inactive') failures.push(notRunning(unit.name));
    else if (!already) {
      changes.push({ name: unit.name, desired: way.wanted });
      if (unit.desiredState === way.wanted) ranLoaded.add(unit.name);
      if (requirementsOf(unit.name, unit.options).global) globals.push(unit.name);
      else changing.push(unit.name);
    }
  }
  await saying(`Error ${way.verb === 'stop' ? 'stopping' : 'unloading'} units`, () =>
    context.client.changeUnits(changes),
  );
  for (const name of globals) context.out(`Triggered global unit ${name} ${way.verb}`);
  if (context.flags.on('no-block')) for (const name of changing) context.out(`Triggered unit ${name} ${way.verb}`);
  else {
    const late = await waitForUnits(context, changing, totalMs, ({ name, unit, states }, machines) =>
      unit === undefined
        ? { done: true }
        : way.judge(context, { unit, states, machines, ranLoaded: ranLoaded.has(name) }),
    );
    failures.push(...late);
    // The original's words also when nothing was left to do; beside an error they would be untrue.
    const isSuccess = changing.length > 0 ? late.length === 0 : failures.length === 0;
    if (isSuccess) context.err(`Successfully ${way.done} units [${changing.join(' ')}].`);
  }
  return reportFailures(context, failures);
}

const runs = (state: FleetUnitState): boolean =>
  ['active', 'activating', 'reloading', 'deactivating'].includes(state.systemdActiveState ?? '');

function judgeStopped(context: Context, { unit, states, machines, ranLoaded }: SeenUnit): Look {
  // One that no machine has taken has nothing to stop.
  if (unit.machineID === undefined) {
    context.out(`Unit ${unit.name} ${unit.currentState ?? 'inactive'}`);
    return { done: true };
  }
  const label = machineLabel(unit.machineID, machines);
  if (unit.currentState !== 'loaded') return { missing: `is still ${unit.currentState ?? 'unknown'} on ${label}` };
  // What systemd started itself counts as loaded while it runs, too.
  if (ranLoaded && states.some(runs)) return { missing: `still runs on ${label}` };
  context.out(`Unit ${unit.name} loaded on ${label}`);
  return { done: true };
}

function judgeUnloaded(context: Context, { unit, states: [left] }: SeenUnit): Look {
  if (unit.machineID !== undefined || left !== undefined)
    return { missing: `is ${left?.systemdActiveState ?? 'scheduled'} still` };
  context.out(`Unit ${unit.name} inactive`);
  return { done: true };
}

function notRunning(name: string): LabError {
  return new LabError({
    code: 'state.inactive',
    cause: `Unable to stop unit ${name} in state inactive`,
    next: `fleetctl start ${name}`,
  });
}
