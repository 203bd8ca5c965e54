import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HypervisorName, ProviderName } from '../../config/lab-config.ts';

/** What runs a lab's machines, as its state directory says from its first `lab up` until it is destroyed. */
export type ProviderRecord =
  { readonly provider: 'nspawn' } | { readonly provider: 'vagrant'; readonly hypervisor: HypervisorName };

export const providerNames: readonly ProviderName[] = ['nspawn', 'vagrant'];
export const hypervisorNames: readonly HypervisorName[] = ['libvirt', 'virtualbox'];

/** The state directory is there. */
export async function writeProviderRecord(stateDir: string, record: ProviderRecord): Promise<void> {
  // The provider comes last: a record that is half written says nothing.
  if (record.provider === 'vagrant') await writeFile(hypervisorFile(stateDir), `${record.hypervisor}\n`);
  await writeFile(providerFile(stateDir), `${record.provider}\n`);
}

/** Undefined for a lab that was never up, and where the file holds no name of a provider. */
export function readProviderRecord(stateDir: string): ProviderRecord | undefined {
  const provider = providerNames.find((name) => name === wordIn(providerFile(stateDir)));
  if (provider !== 'vagrant') return provider === undefined ? undefined : { provider };
  // Labs of the version that knew libvirt only have no second file.
  const hypervisor = hypervisorNames.find((name) => name === wordIn(hypervisorFile(stateDir))) ?? 'libvirt';
  return { provider, hypervisor };
}

/** What runs the virtual machines that a lab has; undefined where it has none. */
export function recordedHypervisor(record: ProviderRecord | undefined): HypervisorName | undefined {
  return record?.provider === 'vagrant' ? record.hypervisor : undefined;
}

const providerFile = (stateDir: string): string => join(stateDir, 'provider');
const hypervisorFile = (stateDir: string): string => join(stateDir, 'hypervisor');

function wordIn(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
