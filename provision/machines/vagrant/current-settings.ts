import { join } from 'node:path';
import type { LabConfig } from '../../config/lab-config.ts';
import { kvmUsable } from '../../host/kvm/kvm-usable.ts';
import { osImageKey, osRecipe } from '../../image/os/recipe.ts';
import { labPaths } from '../nspawn/lab-paths.ts';
import { vagrantSettings, type VagrantBox, type VagrantSettings } from './vagrant-settings.ts';

/**
 * What Vagrant is told in this checkout on this host, now. Quick: it reads the recipes, builds nothing.
 * @param configDir the directory of config.rb and lab.toml
 */
export async function currentSettings(config: LabConfig, repoDir: string, configDir: string): Promise<VagrantSettings> {
  const ask = config.vagrant.driver === 'auto';
  return vagrantSettings(config, labPaths(config.name, config.stateDir), await currentBox(config, repoDir), {
    kvmUsable: ask && (await kvmUsable()),
    configRb: join(configDir, 'config.rb'),
  });
}

/** A box is named by its content: another recipe is another box, and Vagrant takes that one. */
async function currentBox(config: LabConfig, repoDir: string): Promise<VagrantBox> {
  const key = await osImageKey(osRecipe(repoDir, config.images.suite), process.version);
  const file = (provider: string): string => join(config.cacheDir, 'box', key, `${provider}.box`);
  return { name: `coreos-lab-${key}`, file: { libvirt: file('libvirt'), virtualbox: file('virtualbox') } };
}
