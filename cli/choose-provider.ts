import { LabError } from '#errors/lab-error.ts';
import type { HypervisorName, ProviderName } from '#provision/config/lab-config.ts';
import { hypervisorNames, providerNames } from '#provision/machines/ground/provider-record.ts';
import { takeOption } from './take-option.ts';

/**
 * Takes `--provider NAME` or `--provider=NAME` out of a command line, wherever a person puts it; what follows `--` belongs
 * to another program.
 * @throws LabError `usage.provider`
 */
export function takeProvider(argv: readonly string[]): { argv: string[]; provider?: ProviderName } {
  const taken = takeOption(argv, '--provider');
  if (taken === undefined) return { argv: [...argv] };
  const provider = providerNames.find((one) => one === taken.value);
  if (provider !== undefined) return { argv: taken.argv, provider };
  throw new LabError({
    code: 'usage.provider',
    cause: `--provider is one of ${providerNames.join(', ')}, not ${JSON.stringify(taken.value ?? '')}`,
    next: 'lab up --provider vagrant',
  });
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

/** @throws LabError `usage.hypervisor` */
export function knownHypervisor(name: string): HypervisorName {
  const found = hypervisorNames.find((one) => one === name);
  if (found !== undefined) return found;
  throw new LabError({
    code: 'usage.hypervisor',
    cause: `virtual machines run on ${hypervisorNames.join(' or ')}, not on ${JSON.stringify(name)}`,
    next: `vagrant up --provider ${hypervisorNames[0] ?? ''}`,
  });
}

/**
 * Virtual machines keep their hypervisor; for new ones undefined means that lab.toml says it. Pure.
 * @throws LabError `state.hypervisor` when another one was asked for
 */
export function chooseHypervisor(
  asked: HypervisorName | undefined,
  recorded: HypervisorName | undefined,
): HypervisorName | undefined {
  if (asked === undefined || recorded === undefined || asked === recorded) return asked ?? recorded;
  throw new LabError({
    code: 'state.hypervisor',
    cause: `this lab's virtual machines run on ${recorded}; it cannot have ${asked}'s beside them`,
    next: `lab destroy; vagrant up --provider ${asked}`,
  });
}
