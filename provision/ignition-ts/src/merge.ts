import { LabError } from '../../../errors/lab-error.ts';
import { defineConfig } from './define-config.ts';
import type { IgnitionConfig, IgnitionFragment, Unit } from './types.ts';

/**
 * Composes fragments into one checked config. Lists are joined in order; what only one may say (a path, a unit's contents,
 * a user, a timeout) said twice is an error, never "the last one wins". Drop-ins of one unit may come from several fragments.
 * @throws LabError ignition.duplicate, and everything defineConfig throws
 */
export function merge(...fragments: readonly IgnitionFragment[]): IgnitionConfig {
  const joined = fragments.reduce<Tree>((sum, fragment) => join(sum, fragment, []), {});
  const config = joined as IgnitionFragment;
  const units = config.systemd?.units;
  return defineConfig(units ? { ...config, systemd: { ...config.systemd, units: joinUnits(units) } } : config);
}

type Tree = Readonly<Record<string, unknown>>;

function join(a: Tree, b: Tree, path: readonly string[]): Tree {
  const sum: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    if (value === undefined) continue;
    const earlier = sum[key];
    if (earlier === undefined || Object.is(earlier, value)) sum[key] = value;
    else if (Array.isArray(earlier) && Array.isArray(value))
      sum[key] = [...(earlier as unknown[]), ...(value as unknown[])];
    else if (isTree(earlier) && isTree(value) && key !== 'replace') sum[key] = join(earlier, value, [...path, key]);
    else throw saidTwice([...path, key]);
  }
  return sum;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function saidTwice(path: readonly string[]): LabError {
  return new LabError({
    code: 'ignition.duplicate',
    cause: `${['$', ...path].join('.')}: two fragments say it differently`,
    next: 'Let one fragment say it.',
  });
}

/** Units of one name become one when at most one of them says more than drop-ins; else both stay, for the duplicate check. */
function joinUnits(units: readonly Unit[]): readonly Unit[] {
  const joined: Unit[] = [];
  for (const unit of units) {
    const at = joined.findIndex((one) => one.name === unit.name);
    const earlier = joined[at];
    if (earlier && (onlyDropins(earlier) || onlyDropins(unit))) {
      joined[at] = { ...earlier, ...unit, dropins: [...(earlier.dropins ?? []), ...(unit.dropins ?? [])] };
    } else joined.push(unit);
  }
  return joined;
}

function onlyDropins(unit: Unit): boolean {
  return unit.dropins !== undefined && Object.keys(unit).every((key) => key === 'name' || key === 'dropins');
}
