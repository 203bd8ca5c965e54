import { expandSpecifiers } from '../unit/specifiers.ts';
import type { UnitOption, UnitOptions } from '../unit/unit-file.ts';

/** What a unit says in its [X-Fleet] section, by today's names (before fleet 0.4 they began with X-), specifiers expanded for its name. Pure. */
export function xFleetOptions(unit: string, options: UnitOptions): Pick<UnitOption, 'name' | 'value'>[] {
  return options
    .filter(({ section }) => section === 'X-Fleet')
    .map(({ name, value }) => ({ name: name.replace(/^X-/, ''), value: expandSpecifiers(value, unit) }));
}
