import { LabError } from '#errors/lab-error.ts';
import type { FleetUnit, FleetUnitState } from '../../client/fleet-client.ts';
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
  readonly judge: (context: Context, unit: FleetUnit, ranLoaded: boolean) => Promise<Look>;
}

async function bringDown(context: Context, way: Way): Promise<number> {
  if (context.args.length === 0) throw noUnits(way.verb);
  const totalMs = deadlineMs(context, 120_000);
  const names = await existingUnits(context.client, context.args);
  const units = (await Promise.all(names.map((name) => context.client.getUnit(name)))).filter((u) => u !== undefined);
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
      await saying(`Error ${way.verb === 'stop' ? 'stopping' : 'unloading'} units`, () =>
        context.client.setDesiredState(unit.name, way.wanted),
      );
      if (unit.desiredState === way.wanted) ranLoaded.add(unit.name);
      if (requirementsOf(unit.name, unit.options).global) context.out(`Triggered global unit ${unit.name} ${way.verb}`);
      else changing.push(unit.name);
    }
  }
  if (context.flags.on('no-block')) for (const name of changing) context.out(`Triggered unit ${name} ${way.verb}`);
  else {
    const late = await waitForUnits(context, changing, totalMs, async (name) => {
      const unit = await context.client.getUnit(name);
      return unit === undefined ? { done: true } : way.judge(context, unit, ranLoaded.has(name));
    });
    failures.push(...late);
    // The original's words also when nothing was left to do; beside an error they would be untrue.
    const isSuccess = changing.length > 0 ? late.length === 0 : failures.length === 0;
    if (isSuccess) context.err(`Successfully ${way.done} units [${changing.join(' ')}].`);
  }
  return reportFailures(context, failures);
}

const runs = (state: FleetUnitState): boolean =>
  ['active', 'activating', 'reloading', 'deactivating'].includes(state.systemdActiveState ?? '');

/** @param ranLoaded it was loaded already when it was to be stopped, and systemd ran it on its own account */
async function judgeStopped(context: Context, unit: FleetUnit, ranLoaded: boolean): Promise<Look> {
  // One that no machine has taken has nothing to stop.
  if (unit.machineID === undefined) {
    context.out(`Unit ${unit.name} ${unit.currentState ?? 'inactive'}`);
    return { done: true };
  }
  const label = async (): Promise<string> => machineLabel(unit.machineID, await context.client.listMachines());
  if (unit.currentState !== 'loaded')
    return { missing: `is still ${unit.currentState ?? 'unknown'} on ${await label()}` };
  // What systemd started itself counts as loaded while it runs, too.
  const states = ranLoaded ? await context.client.listStates({ unitName: unit.name }) : [];
  if (states.some(runs)) return { missing: `still runs on ${await label()}` };
  context.out(`Unit ${unit.name} loaded on ${await label()}`);
  return { done: true };
}

async function judgeUnloaded(context: Context, unit: FleetUnit): Promise<Look> {
  const left = await context.client.listStates({ unitName: unit.name });
  if (unit.machineID !== undefined || left.length > 0)
    return { missing: `is ${left[0]?.systemdActiveState ?? 'scheduled'} still` };
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
