import { join } from 'node:path';
import { contentKey } from '../cache.ts';
import { diskImageKey, diskRecipe } from '../disk/recipe.ts';
import { osImageKey, osRecipe } from '../os/recipe.ts';
import type { BoxProvider } from './box-provider.ts';
import { stampForm } from './box-stamp.ts';
import { libvirtBoxTexts } from './libvirt-box.ts';
import { virtualBoxTexts } from './virtualbox-box.ts';

export interface BoxIdentity {
  /** For `config.vm.box` and `vagrant box add --name`: `coreos-lab-` and 8 hex digits; the same for every provider. */
  readonly name: string;
  /** Content key of each provider's box file. */
  readonly keys: Readonly<Record<BoxProvider, string>>;
}

/**
 * Which box this checkout asks for, without building anything: a few ms. The name changes exactly when the content of a
 * box does, so a box of that name that Vagrant has is the right one. Differs between Node versions (the image has the
 * host's Node).
 * @param suite Debian suite of the OS image (`images.suite` of the lab's config)
 * @throws LabError `unbuilt.disk-architecture` on a host that is not amd64
 */
export async function boxIdentity(repoDir: string, suite: string): Promise<BoxIdentity> {
  const osKey = await osImageKey(osRecipe(repoDir, suite), process.version);
  const cloud = diskRecipe(repoDir, 'cloud');
  const generic = diskRecipe(repoDir, 'generic');
  const [cloudKey, genericKey] = await Promise.all([diskImageKey(cloud, osKey), diskImageKey(generic, osKey)]);
  const keys = {
    libvirt: contentKey([cloudKey, JSON.stringify(libvirtBoxTexts(cloud.sizeGiB)), stampForm]),
    virtualbox: contentKey([genericKey, JSON.stringify(virtualBoxTexts(cloud.sizeGiB)), stampForm]),
  };
  return { name: `coreos-lab-${contentKey([keys.libvirt, keys.virtualbox]).slice(0, 8)}`, keys };
}

/** Where the cache has a box of this identity, or will have it. */
export function boxFile({ name, keys }: BoxIdentity, provider: BoxProvider, cacheDir: string): string {
  return join(cacheDir, 'box', keys[provider], `${name}-${provider}.box`);
}
