import { LabError } from '#errors/lab-error.ts';
import type { DesiredState } from '../../engine/model.ts';
import { principalsFirst } from '../../engine/order.ts';
import type { FlagSpec } from '../../flags.ts';
import { isTemplate } from '../../unit/name.ts';
import { requirementsOf } from '../../unit/requirements.ts';
import { hashUnit } from '../../unit/serialise.ts';
import { noUnits, saying, type Command, type Context } from '../context.ts';
import { judgeLaunch, type Progress } from '../launch-look.ts';
import { resolveUnit, type ResolvedUnit } from '../resolve-unit.ts';
import { unitArguments } from '../unit-arguments.ts';
import { deadlineMs, reportFailures, waitForUnits } from '../wait.ts';

export const waitFlags: readonly FlagSpec[] = [
  { name: 'no-block', kind: 'switch', help: 'do not wait' },
  { name: 'block-attempts', kind: 'text', help: 'wait this many times 2 s (0: at most 10 min)' },
];
const flags: readonly FlagSpec[] = [
  ...waitFlags,
  { name: 'replace', kind: 'switch', help: 'put the local file in place of what the cluster has' },
];

export const submit = command('submit', 'inactive', 'make units known to the cluster', 'Error creating units');
export const load = command('load', 'loaded', 'schedule units and load them into systemd', 'Error loading units');
export const start = command('start', 'launched', 'schedule units and start them', 'Error starting units');

function command(name: string, wanted: DesiredState, summary: string, errorWords: string): Command {
  return {
    name,
    args: 'UNIT|FILE...',
    summary,
    flags,
    async run(context) {
      if (context.args.length === 0) throw noUnits(name);
      const totalMs = deadlineMs(context);
      // Everything is found and checked before anything is created: a bad argument changes nothing.
      const units = await saying('Error creating units', () => resolveAll(context, wanted));
      await saying('Error creating units', () => createAll(context, units));
      if (wanted === 'inactive') return 0;
      return saying(errorWords, () => setAndWait(context, name, wanted, units, totalMs));
    },
  };
}

async function resolveAll(context: Context, wanted: DesiredState): Promise<ResolvedUnit[]> {
  const units: ResolvedUnit[] = [];
  for (const argument of unitArguments(context.args)) {
    const unit = await resolveUnit(context.client, argument);
    if (wanted !== 'inactive' && isTemplate(unit.name)) {
      throw new LabError({
        code: 'unit.template',
        cause: `cannot activate template "${unit.name}"`,
        next: `name an instance: ${unit.name.replace('@', '@1')}`,
      });
    }
    if (context.flags.on('replace')) checkReplace(unit, wanted);
    units.push(unit);
  }
  return units;
}

/** A command replaces only what it would itself bring to that state: `submit` must not restart what runs. */
function checkReplace(unit: ResolvedUnit, wanted: DesiredState): void {
  const order: DesiredState[] = ['inactive', 'loaded', 'launched'];
  const now = order.find((s) => s === unit.existing?.desiredState) ?? 'inactive';
  if (unit.differsFrom === undefined || order.indexOf(now) <= order.indexOf(wanted)) return;
  throw new LabError({
    code: 'state.replace',
    cause: `can not replace Unit(${unit.name}) in state '${now}', use the appropriate command`,
    next: `fleetctl ${now === 'launched' ? 'start' : 'load'} --replace ${unit.name}`,
  });
}

async function createAll(context: Context, units: readonly ResolvedUnit[]): Promise<void> {
  const replace = context.flags.on('replace');
  for (const unit of units) {
    const options = unit.existing !== undefined && replace ? (unit.localOptions ?? unit.options) : unit.options;
    const requirements = requirementsOf(unit.name, options);
    if (unit.existing === undefined || (replace && unit.differsFrom !== undefined)) {
      for (const key of requirements.unrecognised) {
        context.err(`WARN Unit ${unit.name}: unrecognized requirement in [X-Fleet] section: "${key}"`);
      }
      // With a desired state a request that has to be repeated at another machine means the same again.
      await context.client.createUnit(unit.name, options, unit.existing === undefined ? 'inactive' : undefined);
      if (unit.existing === undefined) context.out(`Unit ${unit.name} ${requirements.global ? '' : 'inactive'}`);
    } else if (replace) {
      context.out(`Found same Unit(${unit.name}) in Registry, nothing to do`);
    } else if (unit.differsFrom !== undefined) {
      context.err(
        `WARNING: Unit ${unit.name} in registry differs from local unit file ${unit.differsFrom}. Add --replace to override.`,
      );
    }
  }
}

async function setAndWait(
  context: Context,
  verb: string,
  wanted: 'loaded' | 'launched',
  units: readonly ResolvedUnit[],
  totalMs: number,
): Promise<number> {
  const waited: string[] = [];
  const quiet = new Set<string>();
  // Principals first: a sidekick set before its principal would be called unschedulable for a moment.
  const ordered = principalsFirst(units.map((u) => ({ ...u, requirements: requirementsOf(u.name, u.options) })));
  for (const unit of ordered) {
    const isGlobal = unit.requirements.global;
    const already = unit.existing?.desiredState === wanted;
    if (!already) await context.client.setDesiredState(unit.name, wanted);
    // Nothing is said of a unit that is already what was asked for; one that only wants to be is waited for.
    if (already && unit.existing?.currentState === wanted && !replaced(context, unit)) quiet.add(unit.name);
    if (isGlobal) {
      if (!already) context.out(`Triggered global unit ${unit.name} ${verb}`);
    } else if (!context.flags.on('no-block')) waited.push(unit.name);
    else if (!already) context.out(`Triggered unit ${unit.name} ${verb}`);
  }
  return reportFailures(context, await waitUntilThere(context, waited, wanted, quiet, totalMs));
}

function replaced(context: Context, unit: ResolvedUnit): boolean {
  return (
    context.flags.on('replace') &&
    unit.localOptions !== undefined &&
    hashUnit(unit.localOptions) !== hashUnit(unit.options)
  );
}

/** Waits until units are loaded (or launched and active), printing each as it comes; used by `restart` too. */
export function waitUntilThere(
  context: Context,
  units: readonly string[],
  wanted: 'loaded' | 'launched',
  quiet: ReadonlySet<string>,
  totalMs: number,
): Promise<LabError[]> {
  const progress = new Map<string, Progress>();
  return waitForUnits(context, units, totalMs, async (name, waitedMs) => {
    const unit = await context.client.getUnit(name);
    if (unit === undefined)
      return {
        failed: new LabError({
          code: 'missing.unit',
          cause: `Unit ${name} was destroyed meanwhile`,
          next: `fleetctl start ${name}`,
        }),
      };
    const states = unit.currentState === wanted ? await context.client.listStates({ unitName: name }) : [];
    const own = progress.get(name) ?? { announced: quiet.has(name) };
    progress.set(name, own);
    const state = states.find((s) => s.machineID === unit.machineID);
    const machines = state === undefined ? [] : own.announced ? [] : await context.client.listMachines();
    return judgeLaunch({
      unit,
      state,
      machines,
      wanted,
      waitedMs,
      progress: own,
      announce: (line) => context.out(line),
    });
  });
}
