import { joinedValue } from './lines.ts';
import { expandSpecifiers } from './specifiers.ts';
import type { UnitOptions } from './unit-file.ts';

/** What the [X-Fleet] section asks for, specifiers expanded for the unit's own name. */
export interface Requirements {
  /** Full machine id or its first 8 characters. */
  readonly machineId?: string;
  /** Every one of these units must be scheduled on the same machine. */
  readonly machineOf: readonly string[];
  /** Different keys all hold; one key with several values means any of them. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  /** Globs of units that must not be on the same machine. */
  readonly conflicts: readonly string[];
  readonly global: boolean;
  readonly replaces: readonly string[];
  /** Keys of [X-Fleet] that fleet does not know: warned about, otherwise ignored. */
  readonly unrecognised: readonly string[];
  /** MachineMetadata values that are not exactly one key=value. */
  readonly malformedMetadata: readonly string[];
}

/** The part of a unit that placement rules look at. */
export interface Placeable {
  readonly name: string;
  readonly requirements: Requirements;
}

/** Legacy names (fleet before 0.4) and what they are called now. */
const legacy: Readonly<Record<string, string>> = {
  'X-ConditionMachineID': 'MachineID',
  'X-ConditionMachineBootID': 'MachineID',
  'X-ConditionMachineOf': 'MachineOf',
  'X-ConditionMachineMetadata': 'MachineMetadata',
  'X-Conflicts': 'Conflicts',
};
export const xFleetKeys = ['MachineID', 'MachineOf', 'MachineMetadata', 'Conflicts', 'Global', 'Replaces'];

/** The name that a key of [X-Fleet] has today. */
export function fleetKey(name: string): string {
  return Object.hasOwn(legacy, name) ? (legacy[name] ?? name) : name;
}

/** Reads the [X-Fleet] section (fleet documentation, "Unit files and scheduling"). Never throws: see `validateUnit`. */
export function requirementsOf(unit: string, options: UnitOptions): Requirements {
  const values = new Map<string, string[]>();
  const unrecognised: string[] = [];
  for (const { section, name, value } of options) {
    if (section !== 'X-Fleet') continue;
    const key = fleetKey(name);
    if (!xFleetKeys.includes(key)) unrecognised.push(name);
    const joined = joinedValue(value);
    // As in every list of systemd's: an empty value takes back what stands above it.
    const list = joined === '' ? [] : (values.get(key) ?? []);
    list.push(...splitQuoted(joined).map((v) => expandSpecifiers(v, unit)));
    values.set(key, joined === '' ? [] : list);
  }
  const get = (key: string): string[] => values.get(key) ?? [];
  const words = (key: string): string[] =>
    get(key)
      .flatMap((v) => v.split(/\s+/))
      .filter((v) => v !== '');
  const metadata = new Map<string, string[]>();
  const malformedMetadata: string[] = [];
  for (const pair of get('MachineMetadata')) {
    const [key, value, ...more] = pair.split('=');
    if (!key || !value || more.length > 0 || /\s/.test(pair)) malformedMetadata.push(pair);
    else metadata.set(key, [...(metadata.get(key) ?? []), value]);
  }
  const machineId = get('MachineID')[0];
  return {
    ...(machineId !== undefined && machineId !== '' && { machineId }),
    machineOf: get('MachineOf').filter((v) => v !== ''),
    metadata,
    conflicts: words('Conflicts'),
    global: /^(true|yes|1|on|t)$/i.test(get('Global').at(-1) ?? ''),
    replaces: words('Replaces'),
    unrecognised,
    malformedMetadata,
  };
}

/** `"a=1" "b=2"` is two values; anything that does not both start and end with a quote is one. */
export function splitQuoted(value: string): string[] {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return [value];
  return [...value.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? '');
}
