import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { readConfigFiles } from '#provision/config/load-config.ts';
import { currentSettings } from '#provision/machines/vagrant/current-settings.ts';
import { readProviderRecord, recordedHypervisor } from '#provision/machines/ground/provider-record.ts';
import { chosenName } from '../choose-name.ts';
import { knownHypervisor } from '../choose-provider.ts';
import { configDirOf } from '../invocation.ts';

/** One line of JSON (VagrantSettings) for the Vagrantfile, which asks each time it is loaded. Touches no machine. */
export async function vagrantSettings(repoDir: string, options: { hypervisor?: string }): Promise<void> {
  const configDir = resolve(configDirOf(repoDir));
  const files = readConfigFiles(configDir, chosenName());
  const asked = options.hypervisor === undefined ? undefined : knownHypervisor(options.hypervisor);
  // One that does not go with the lab's machines is refused when a machine is prepared, not when Vagrant only looks.
  const hypervisor = recordedHypervisor(readProviderRecord(files.stateDir)) ?? asked;
  const hostCpus = availableParallelism();
  const config = files.configFor({ env: process.env, hostCpus, provider: 'vagrant', hypervisor });
  console.log(JSON.stringify(await currentSettings(config, repoDir, configDir)));
}
