import { fleetKey, splitQuoted } from './requirements.ts';

/** Why a value of [X-Fleet] does not say what its writer meant, and how it would. */
export interface XFleetProblem {
  readonly cause: string;
  readonly example: string;
}

/**
 * What the original takes without a word and then heeds in another way, or not at all: several values without quotes, a unit without its
 * ending, a switch that is none. Undefined for all else. Pure.
 * @param name of the option, also an old one (`X-ConditionMachineOf`)
 * @param value on one line
 */
export function xFleetProblem(name: string, value: string): XFleetProblem | undefined {
  if (value === '') return undefined;
  const key = fleetKey(name);
  if (key === 'Global' && !/^"?(?:true|yes|1|on|t|false|no|0|off|f)"?$/i.test(value))
    return { cause: 'neither yes nor no, which fleet takes for no', example: 'true' };
  if (key !== 'MachineOf' && key !== 'MachineMetadata') return undefined;
  const pair = key === 'MachineMetadata' ? splitQuoted(value).map(pairProblem).find(Boolean) : undefined;
  if (pair) return pair;
  const several = splitQuoted(value).find((one) => /\s/.test(one.trim()));
  if (several !== undefined) {
    const words = several.split(/[\s,]+/).filter((word) => word !== '');
    const one = key === 'MachineOf' ? 'unit' : 'key=value';
    return {
      cause: `it is read as one ${one}, blanks and all; of several each stands in double quotes`,
      example: words.map((word) => `"${word.replaceAll(/['"]/g, '')}"`).join(' '),
    };
  }
  const bare = key === 'MachineOf' ? splitQuoted(value).find((unit) => !/\.[a-z]+$/.test(unit)) : undefined;
  return bare === undefined
    ? undefined
    : { cause: 'fleet compares whole names, and no unit is called so', example: `${bare}.service` };
}

/** `region = eu` and `region=eu,disk=ssd`: no machine has such metadata. */
function pairProblem(one: string): XFleetProblem | undefined {
  const spaced = one.trim().replaceAll(/\s*=\s*/g, '=');
  if (spaced !== one.trim() && /^[^\s=,]+=[^\s=,]+$/.test(spaced))
    return { cause: 'it is compared blanks and all', example: spaced };
  const pairs = one.split(',').map((pair) => pair.trim());
  return pairs.length > 1 && pairs.every((pair) => /^[^\s=]+=[^\s=]+$/.test(pair))
    ? {
        cause: 'of several pairs each stands in double quotes, without commas',
        example: pairs.map((pair) => `"${pair}"`).join(' '),
      }
    : undefined;
}
