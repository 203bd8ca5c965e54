import { LabError } from '#errors/lab-error.ts';
import type { FleetClient, FleetUnit } from '../client/fleet-client.ts';
import { globMatches } from '../unit/glob.ts';
import { mangleUnitName, possibleUnitNames } from '../unit/name.ts';

/** `web@{1..3}` and `{a,b}.service` as a shell would expand them: quoted, or typed where no shell does it. */
export function expandBraces(word: string): string[] {
  const [, before, inside, after] = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(word) ?? [];
  if (before === undefined || inside === undefined || after === undefined) return [word];
  const [, from, to] = /^(-?\d+)\.\.(-?\d+)$/.exec(inside) ?? [];
  let middles: string[];
  if (from !== undefined && to !== undefined) {
    const [a, b] = [Number(from), Number(to)];
    if (Math.abs(a - b) >= 10_000)
      throw new LabError({
        code: 'usage.range',
        cause: `${word} is more than 10000 units`,
        next: 'use a smaller range',
      });
    const step = a <= b ? 1 : -1;
    middles = Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => String(a + i * step));
  } else if (inside.includes(',')) middles = inside.split(',');
  else return [word];
  return middles.flatMap((middle) => expandBraces(before + middle + after));
}

/** Arguments after brace expansion, each with its unit name; the first of several that name the same unit counts. */
export function unitArguments(args: readonly string[]): { path: string; name: string }[] {
  const found = new Map<string, { path: string; name: string }>();
  for (const path of args.flatMap(expandBraces)) {
    const name = mangleUnitName(path);
    if (!found.has(name)) found.set(name, { path, name });
  }
  return [...found.values()];
}

/** Where units are looked up by name. */
export type UnitLookup = Pick<FleetClient, 'getUnit'>;

/** From so many names on one question for all units is cheaper than one for each. */
const manyNames = 4;

/** Looks units up: one by one, or in one list of all where there are many to be looked up. */
export async function unitLookup(client: FleetClient, count: number): Promise<UnitLookup> {
  if (count < manyNames) return client;
  const all = new Map((await client.listUnits()).map((u) => [u.name, u]));
  return { getUnit: async (name) => all.get(name) };
}

/** The unit of the cluster that an argument names; undefined when there is none. */
export async function findUnit(client: UnitLookup, argument: string): Promise<FleetUnit | undefined> {
  for (const name of possibleUnitNames(argument)) {
    const unit = await client.getUnit(name);
    if (unit !== undefined) return unit;
  }
  return undefined;
}

/**
 * Units that exist: each argument, or what its `*`, `?`, `[` match in the registry.
 * @throws LabError `missing.unit` naming all that do not exist; nothing has been changed then
 */
export async function existingUnits(client: FleetClient, args: readonly string[]): Promise<FleetUnit[]> {
  const known = new Map((await client.listUnits()).map((u) => [u.name, u]));
  const found = new Map<string, FleetUnit>();
  const missing = new Set<string>();
  for (const argument of args.flatMap(expandBraces)) {
    const possible = possibleUnitNames(argument);
    const isGlob = /[*?[]/.test(possible[0]);
    const matches = isGlob
      ? [...known.keys()].filter((name) => possible.some((glob) => globMatches(glob, name)))
      : possible.filter((name) => known.has(name)).slice(0, 1);
    if (matches.length === 0) missing.add(possible[0]);
    for (const match of matches) {
      const unit = known.get(match);
      if (unit !== undefined) found.set(match, unit);
    }
  }
  if (missing.size > 0) {
    throw new LabError({
      code: 'missing.unit',
      cause: `Units not found in registry: ${[...missing].join(' ')}`,
      next: 'fleetctl list-unit-files',
    });
  }
  return [...found.values()];
}
