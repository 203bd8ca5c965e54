import { LabError } from '../../../../errors/lab-error.ts';
import type { FleetUnit } from '../../client/fleet-client.ts';
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
  run: (context) => bringDown(context, { verb: 'stop', wanted: 'loaded', done: 'stopped', look: lookStopped }),
};

export const unload: Command = {
  name: 'unload',
  args: 'UNIT...',
  summary: 'stop units and take them off their machines',
  flags: waitFlags,
  run: (context) => bringDown(context, { verb: 'unload', wanted: 'inactive', done: 'unloaded', look: lookUnloaded }),
};

interface Way {
  verb: 'stop' | 'unload';
  wanted: 'loaded' | 'inactive';
  done: string;
  look: (context: Context, unit: FleetUnit) => Promise<Look>;
}

async function bringDown(context: Context, way: Way): Promise<number> {
  if (context.args.length === 0) throw noUnits(way.verb);
  const totalMs = deadlineMs(context, 120_000);
  const names = await existingUnits(context.client, context.args);
  const units = (await Promise.all(names.map((name) => context.client.getUnit(name)))).filter((u) => u !== undefined);
  const changing: string[] = [];
  const failures: LabError[] = [];
  for (const unit of units) {
    if (unit.desiredState === way.wanted && requirementsOf(unit.name, unit.options).global) continue;
    if (way.verb === 'stop' && unit.desiredState === 'inactive') failures.push(notRunning(unit.name));
    else if (unit.desiredState !== way.wanted) {
      await saying(`Error ${way.verb === 'stop' ? 'stopping' : 'unloading'} units`, () =>
        context.client.setDesiredState(unit.name, way.wanted),
      );
      if (requirementsOf(unit.name, unit.options).global) context.out(`Triggered global unit ${unit.name} ${way.verb}`);
      else changing.push(unit.name);
    }
  }
  if (context.flags.on('no-block')) for (const name of changing) context.out(`Triggered unit ${name} ${way.verb}`);
  else {
    const late = await waitForUnits(context, changing, totalMs, async (name) => {
      const unit = await context.client.getUnit(name);
      return unit === undefined ? { done: true } : way.look(context, unit);
    });
    failures.push(...late);
    const failed = late.length > 0;
    if (!failed) context.err(`Successfully ${way.done} units [${changing.join(' ')}].`);
  }
  return reportFailures(context, failures);
}

async function lookStopped(context: Context, unit: FleetUnit): Promise<Look> {
  // One that no machine has taken has nothing to stop.
  if (unit.machineID === undefined) {
    context.out(`Unit ${unit.name} ${unit.currentState ?? 'inactive'}`);
    return { done: true };
  }
  const label = async (): Promise<string> => machineLabel(unit.machineID, await context.client.listMachines());
  if (unit.currentState !== 'loaded')
    return { missing: `is still ${unit.currentState ?? 'unknown'} on ${await label()}` };
  context.out(`Unit ${unit.name} loaded on ${await label()}`);
  return { done: true };
}

async function lookUnloaded(context: Context, unit: FleetUnit): Promise<Look> {
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
