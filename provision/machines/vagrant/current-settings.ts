import { join } from 'node:path';
import type { LabConfig } from '../../config/lab-config.ts';
import { kvmUsable } from '../../host/kvm/kvm-usable.ts';
import { boxFile, boxIdentity } from '../../image/box/box-name.ts';
import type { BoxProvider } from '../../image/box/box-provider.ts';
import { labPaths } from '../ground/lab-paths.ts';
import { vagrantSettings, type VagrantBox, type VagrantSettings } from './vagrant-settings.ts';

/**
 * What Vagrant is told in this checkout on this host, now. Quick: it reads the recipes, builds nothing.
 * @param configDir the directory of config.rb and lab.toml
 */
export async function currentSettings(config: LabConfig, repoDir: string, configDir: string): Promise<VagrantSettings> {
  const ask = config.vagrant.driver === 'auto' && config.vagrant.hypervisor === 'libvirt';
  return vagrantSettings(config, labPaths(config.name, config.stateDir), await currentBox(config, repoDir), {
    repoDir,
    kvmUsable: ask && (await kvmUsable(config.vagrant.cpuModel)),
    configRb: join(configDir, 'config.rb'),
  });
}

async function currentBox(config: LabConfig, repoDir: string): Promise<VagrantBox> {
  const identity = await boxIdentity(repoDir, config.images.suite);
  const file = (provider: BoxProvider): string => boxFile(identity, provider, config.cacheDir);
  return { name: identity.name, file: { libvirt: file('libvirt'), virtualbox: file('virtualbox') } };
}
