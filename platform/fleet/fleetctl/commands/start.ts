import { LabError } from '#errors/lab-error.ts';
import { didYouMean } from '#errors/nearest.ts';
import type { UnitChange } from '../../client/change-units.ts';
import type { DesiredState } from '../../parts/model.ts';
import { principalsFirst } from '../../engine/order.ts';
import type { FlagSpec } from '../../parts/flags.ts';
import { isTemplate } from '../../unit/name.ts';
import { requirementsOf, xFleetKeys } from '../../unit/requirements.ts';
import { hashUnit } from '../../unit/serialise.ts';
import type { UnitOptions } from '../../unit/unit-file.ts';
import { noUnits, saying, type Command, type Context } from '../context.ts';
import { judgeLaunch, type Progress } from '../launch-look.ts';
import { missingImages } from '../missing-images.ts';
import { resolveUnit, type ResolvedUnit } from '../resolve-unit.ts';
import { unitArguments, unitLookup } from '../unit-arguments.ts';
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
      const changes = changesOf(context, units, wanted);
      const isNew = changes.some(({ options }) => options !== undefined);
      await saying(isNew ? 'Error creating units' : errorWords, () => context.client.changeUnits(changes));
      for (const unit of units) tellContent(context, unit, wanted);
      if (wanted === 'inactive') return 0;
      return saying(errorWords, () => waitForAll(context, name, wanted, units, totalMs));
    },
  };
}

async function resolveAll(context: Context, wanted: DesiredState): Promise<ResolvedUnit[]> {
  const units: ResolvedUnit[] = [];
  const named = unitArguments(context.args);
  const registry = await unitLookup(context.client, named.length);
  for (const argument of named) {
    const unit = await resolveUnit(registry, argument);
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

/** What has to be changed. Principals first: of a batch in several requests a sidekick would be called unschedulable before its principal is there. */
function changesOf(context: Context, units: readonly ResolvedUnit[], wanted: DesiredState): SetUnit[] {
  const ordered = principalsFirst(units.map((u) => ({ ...u, requirements: requirementsOf(u.name, u.options) })));
  return ordered.flatMap((unit): SetUnit[] => {
    const content = newContent(context, unit);
    // With a desired state a request that has to be repeated at another machine means the same again.
    const isAsWanted = unit.existing !== undefined && (wanted === 'inactive' || unit.existing.desiredState === wanted);
    if (content === undefined && isAsWanted) return [];
    return [
      {
        name: unit.name,
        ...(content !== undefined && { options: content }),
        ...(!isAsWanted && { desired: wanted }),
      },
    ];
  });
}

type SetUnit = Exclude<UnitChange, { destroy: true }>;

/** What the cluster does not have of the unit. */
function newContent(context: Context, unit: ResolvedUnit): UnitOptions | undefined {
  if (unit.existing === undefined) return unit.options;
  return context.flags.on('replace') && unit.differsFrom !== undefined
    ? (unit.localOptions ?? unit.options)
    : undefined;
}

/** Says what has been done with a unit's content, or has not. */
function tellContent(context: Context, unit: ResolvedUnit, wanted: DesiredState): void {
  const content = newContent(context, unit);
  const requirements = requirementsOf(unit.name, content ?? unit.options);
  if (content !== undefined) {
    for (const key of requirements.unrecognised) {
      const meant = didYouMean(key, xFleetKeys);
      context.err(`WARN Unit ${unit.name}: unrecognized requirement in [X-Fleet] section: "${key}"${meant}`);
    }
    // One that is replaced for `load` or `start` is told of when it is there.
    if (unit.existing === undefined || wanted === 'inactive')
      context.out(`Unit ${unit.name} ${requirements.global ? '' : 'inactive'}`);
  } else if (context.flags.on('replace')) {
    context.out(`Found same Unit(${unit.name}) in Registry, nothing to do`);
  } else if (unit.differsFrom !== undefined) {
    context.err(
      `WARNING: Unit ${unit.name} in registry differs from local unit file ${unit.differsFrom}. Add --replace to override.`,
    );
  }
}

async function waitForAll(
  context: Context,
  verb: string,
  wanted: 'loaded' | 'launched',
  units: readonly ResolvedUnit[],
  totalMs: number,
): Promise<number> {
  const waited: string[] = [];
  const quiet = new Set<string>();
  for (const unit of units) {
    const already = unit.existing?.desiredState === wanted;
    // Nothing is said of a unit that is already what was asked for; one that only wants to be is waited for.
    if (already && unit.existing?.currentState === wanted && !replaced(context, unit)) quiet.add(unit.name);
    if (requirementsOf(unit.name, unit.options).global) {
      if (!already) context.out(`Triggered global unit ${unit.name} ${verb}`);
    } else if (!context.flags.on('no-block')) waited.push(unit.name);
    else if (!already) context.out(`Triggered unit ${unit.name} ${verb}`);
  }
  const options = new Map(units.map((unit) => [unit.name, unit.options]));
  return reportFailures(context, await waitUntilThere(context, waited, wanted, quiet, totalMs, options));
}

function replaced(context: Context, unit: ResolvedUnit): boolean {
  return (
    context.flags.on('replace') &&
    unit.localOptions !== undefined &&
    hashUnit(unit.localOptions) !== hashUnit(unit.options)
  );
}

/**
 * Waits until units are loaded (or launched and active), printing each as it comes; used by `restart` too.
 * @param options of the units, where they are known: of one that fails, the images that it pulls are looked for
 */
export function waitUntilThere(
  context: Context,
  units: readonly string[],
  wanted: 'loaded' | 'launched',
  quiet: ReadonlySet<string>,
  totalMs: number,
  options: ReadonlyMap<string, UnitOptions> = new Map(),
): Promise<LabError[]> {
  const progress = new Map<string, Progress>();
  const asked = new Set<string>();
  return waitForUnits(context, units, totalMs, ({ name, unit, states }, machines, waitedMs) => {
    if (unit === undefined)
      return {
        failed: new LabError({
          code: 'missing.unit',
          cause: `Unit ${name} was destroyed meanwhile`,
          next: `fleetctl start ${name}`,
        }),
      };
    const own = progress.get(name) ?? { announced: quiet.has(name) };
    progress.set(name, own);
    const state = states.find((s) => s.machineID === unit.machineID);
    const fails = state?.systemdSubState === 'auto-restart' || state?.systemdActiveState === 'failed';
    if (fails && !asked.has(name)) {
      asked.add(name);
      void missingImages(options.get(name) ?? [], context.env['FLEETCTL_REGISTRY']).then(([lacks]) => {
        if (lacks !== undefined) own.lacks = lacks;
      });
    }
    const announce = (line: string): void => context.out(line);
    return judgeLaunch({ unit, state, machines, wanted, waitedMs, progress: own, announce });
  });
}
