import { resolve } from 'node:path';
import { loadConfig } from '../../provision/config/load-config.ts';
import { currentSettings } from '../../provision/machines/vagrant/current-settings.ts';
import { recordedHypervisor } from '../choose-provider.ts';

/** One line of JSON (VagrantSettings) for the Vagrantfile, which asks each time it is loaded. Touches no machine. */
export async function vagrantSettings(repoDir: string): Promise<void> {
  const configDir = resolve(process.env['LAB_CONFIG_DIR'] ?? repoDir);
  const { stateDir } = loadConfig(configDir, process.env);
  const config = loadConfig(configDir, process.env, undefined, 'vagrant', recordedHypervisor(stateDir));
  console.log(JSON.stringify(await currentSettings(config, repoDir, configDir)));
}
