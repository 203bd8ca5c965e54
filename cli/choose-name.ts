import { LabError } from '#errors/lab-error.ts';
import { isLabName, labNameRule } from '#provision/config/lab-toml.ts';
import { takeOption } from './take-option.ts';

/**
 * Takes `--name NAME` or `--name=NAME` out of a command line, wherever a person puts it; what follows `--` belongs to another
 * program, and `lab image box` has an option of that name. Pure.
 * @throws LabError `usage.name`
 */
export function takeName(argv: readonly string[]): { argv: string[]; name?: string } {
  const taken = takeOption(argv, '--name');
  if (taken === undefined || taken.before.includes('image')) return { argv: [...argv] };
  return { argv: taken.argv, name: soundName(taken.value ?? '', '--name') };
}

/**
 * The lab that is meant beside the one that lab.toml names: LAB_NAME, which `--name` sets for this process and what it calls.
 * @throws LabError `usage.name`
 */
export function chosenName(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const name = env['LAB_NAME'];
  return name === undefined ? undefined : soundName(name, 'LAB_NAME');
}

function soundName(name: string, from: string): string {
  if (isLabName(name)) return name;
  throw new LabError({
    code: 'usage.name',
    cause: `${from} ${labNameRule}, not ${JSON.stringify(name)}`,
    next: 'lab list says which labs there are; a new one: lab up --name second',
  });
}
