import { LabError } from '#errors/lab-error.ts';
import { isLabName, labNameRule } from '#provision/config/lab-toml.ts';

/**
 * Takes `--name NAME` or `--name=NAME` out of a command line, wherever a person puts it; what follows `--` belongs to another
 * program, and `lab image box` has an option of that name. Pure.
 * @throws LabError `usage.name`
 */
export function takeName(argv: readonly string[]): { argv: string[]; name?: string } {
  const end = argv.indexOf('--');
  const own = end === -1 ? [...argv] : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const at = own.findIndex((word) => word === '--name' || word.startsWith('--name='));
  if (at === -1 || own.slice(0, at).includes('image')) return { argv: [...argv] };
  const [word = ''] = own.splice(at, 1);
  const name = word.includes('=') ? word.slice(word.indexOf('=') + 1) : own.splice(at, 1)[0];
  return { argv: [...own, ...rest], name: soundName(name ?? '', '--name') };
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
