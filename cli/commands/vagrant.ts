import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import { readConfigFiles } from '#provision/config/load-config.ts';
import { currentSettings } from '#provision/machines/vagrant/current-settings.ts';
import { readProviderRecord, recordedHypervisor } from '#provision/machines/ground/provider-record.ts';
import { chosenName } from '../choose-name.ts';
import { knownHypervisor } from '../choose-provider.ts';
import { configDirOf } from '../invocation.ts';

/**
 * One line of JSON (VagrantSettings) for the Vagrantfile, which asks each time it is loaded. Touches no machine.
 * @throws LabError `state.provider` for a lab of containers: Vagrant would say of machines that run that they were never created
 */
export async function vagrantSettings(repoDir: string, options: { hypervisor?: string }): Promise<void> {
  const configDir = resolve(configDirOf(repoDir));
  const files = readConfigFiles(configDir, chosenName());
  const asked = options.hypervisor === undefined ? undefined : knownHypervisor(options.hypervisor);
  // One that does not go with the lab's machines is refused when a machine is prepared, not when Vagrant only looks.
  const record = readProviderRecord(files.stateDir);
  if (record?.provider === 'nspawn') {
    throw new LabError({
      code: 'state.provider',
      cause: 'the machines of this lab are containers, which Vagrant itself does not see',
      next: 'lab shell   (vagrant up, halt, ssh, status and destroy work on containers there), or lab halt, lab status, ...',
    });
  }
  const hypervisor = recordedHypervisor(record) ?? asked;
  const hostCpus = availableParallelism();
  const config = files.configFor({ env: process.env, hostCpus, provider: 'vagrant', hypervisor });
  console.log(JSON.stringify(await currentSettings(config, repoDir, configDir)));
}
