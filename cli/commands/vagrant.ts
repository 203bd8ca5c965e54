import { resolve } from 'node:path';
import { loadConfig } from '../../provision/config/load-config.ts';
import { currentSettings } from '../../provision/machines/vagrant/current-settings.ts';
import { knownHypervisor, recordedHypervisor } from '../choose-provider.ts';

/** One line of JSON (VagrantSettings) for the Vagrantfile, which asks each time it is loaded. Touches no machine. */
export async function vagrantSettings(repoDir: string, options: { hypervisor?: string }): Promise<void> {
  const configDir = resolve(process.env['LAB_CONFIG_DIR'] ?? repoDir);
  const { stateDir } = loadConfig(configDir, process.env);
  const asked = options.hypervisor === undefined ? undefined : knownHypervisor(options.hypervisor);
  // One that does not go with the lab's machines is refused when a machine is prepared, not when Vagrant only looks.
  const hypervisor = recordedHypervisor(stateDir) ?? asked;
  const config = loadConfig(configDir, process.env, undefined, 'vagrant', hypervisor);
  console.log(JSON.stringify(await currentSettings(config, repoDir, configDir)));
}
