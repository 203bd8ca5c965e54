import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../errors/lab-error.ts';
import type { ProviderName } from '../provision/config/lab-config.ts';

const known: readonly ProviderName[] = ['nspawn', 'vagrant'];

/**
 * Takes `--provider NAME` or `--provider=NAME` out of a command line, wherever a person puts it; what follows `--` belongs
 * to another program.
 * @throws LabError `usage.provider`
 */
export function takeProvider(argv: readonly string[]): { argv: string[]; provider?: ProviderName } {
  const end = argv.indexOf('--');
  const own = end === -1 ? [...argv] : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const at = own.findIndex((word) => word === '--provider' || word.startsWith('--provider='));
  if (at === -1) return { argv: [...argv] };
  const [word = ''] = own.splice(at, 1);
  const name = word.includes('=') ? word.slice(word.indexOf('=') + 1) : own.splice(at, 1)[0];
  const provider = known.find((one) => one === name);
  if (provider !== undefined) return { argv: [...own, ...rest], provider };
  throw new LabError({
    code: 'usage.provider',
    cause: `--provider is one of ${known.join(', ')}, not ${JSON.stringify(name ?? '')}`,
    next: 'lab up --provider vagrant',
  });
}

/** Where a lab's state directory says what runs its machines; written by `lab up`. */
export function recordedProvider(stateDir: string): ProviderName | undefined {
  const file = join(stateDir, 'provider');
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  return known.find((one) => one === text);
}

/**
 * A lab that exists keeps its provider; a new one has the one that was asked for, else containers. Pure.
 * @throws LabError `state.provider` when another one was asked for
 */
export function chooseProvider(asked: ProviderName | undefined, recorded: ProviderName | undefined): ProviderName {
  if (asked === undefined || recorded === undefined || asked === recorded) return asked ?? recorded ?? 'nspawn';
  throw new LabError({
    code: 'state.provider',
    cause: `this lab's machines are made by provider ${recorded}; it cannot have ${asked}'s beside them`,
    next: `lab destroy; lab up --provider ${asked}`,
  });
}
