/**
 * Parts of a unit name: `web@1.service` -> prefix `web`, instance `1`, type `service`; a template has an empty instance,
 * a plain unit has none. `stem` is the name without its type (`web@1`).
 */
export interface UnitName {
  readonly full: string;
  readonly stem: string;
  readonly prefix: string;
  readonly instance: string | undefined;
  readonly type: string;
}

/** `web@1.service` in its parts; instance is undefined without `@`, and empty in a template. Pure. */
export function splitUnitName(full: string): UnitName {
  const dot = full.lastIndexOf('.');
  const stem = dot < 0 ? full : full.slice(0, dot);
  const at = stem.indexOf('@');
  return {
    full,
    stem,
    prefix: at < 0 ? stem : stem.slice(0, at),
    instance: at < 0 ? undefined : stem.slice(at + 1),
    type: dot < 0 ? '' : full.slice(dot + 1),
  };
}

/** `web@.service`. Pure. */
export function isTemplate(name: string): boolean {
  return splitUnitName(name).instance === '';
}

/** `web@1.service` -> `web@.service`; undefined when the name is not an instance. */
export function templateOf(name: string): string | undefined {
  const { prefix, instance, type } = splitUnitName(name);
  return instance === undefined || instance === '' ? undefined : `${prefix}@.${type}`;
}

const types = 'automount busname device mount path scope service slice snapshot socket swap target timer'.split(' ');
const templateTypes = ['path', 'service', 'socket', 'target', 'timer'];

/** What is wrong with a unit name, in fleet's own words (its HTTP API says them); undefined when it is fine. */
export function unitNameProblem(name: string): string | undefined {
  if (name === '') return 'unit name cannot be empty';
  if (name.length > 256) return 'unit name exceeds maximum length (256)';
  if (!name.includes('.')) return 'unit name must contain "."';
  const bad = /[^0-9A-Za-z:\-_.\\@]/u.exec(name);
  if (bad) return `invalid character '${bad[0]}' in unit name`;
  if (name.startsWith('@')) return 'unit name cannot start in "@"';
  const { type, instance } = splitUnitName(name);
  if (!types.includes(type)) return `invalid unit type: "${type}"`;
  if (instance !== undefined && !templateTypes.includes(type)) return `invalid unit type for template: "${type}"`;
  return undefined;
}

/** Types that an agent can run; the name rules allow more (as the original's do). */
const runnable = ['service', 'socket', 'timer', 'path', 'device', 'mount', 'automount'];

/** fleetctl's rule for what a person types: the last path element, `.service` appended unless it ends in a type fleet runs. */
export function mangleUnitName(argument: string): string {
  const base = argument.slice(argument.lastIndexOf('/') + 1);
  return runnable.includes(splitUnitName(base).type) ? base : `${base}.service`;
}

/**
 * The names that an argument may mean of a unit that exists, the likeliest first. Units of types that `mangleUnitName` does not know
 * (target, slice, ...) can be made by the API: they go by the name they have.
 */
export function possibleUnitNames(argument: string): [string, ...string[]] {
  const base = argument.slice(argument.lastIndexOf('/') + 1);
  const mangled = mangleUnitName(argument);
  return types.includes(splitUnitName(base).type) && base !== mangled ? [base, mangled] : [mangled];
}
