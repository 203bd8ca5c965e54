import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import type { BoxProvider } from './box-provider.ts';
import type { BoxTexts } from './libvirt-box.ts';

/** Goes into a box's content key: one that was made without a stamp is another box. */
export const stampForm = 'coreosLab in metadata.json';

const boxMetadata = z.looseObject({ coreosLab: z.string().optional() });

/** A box's texts with its content key in `metadata.json`, where Vagrant keeps what it does not know. Pure. */
export function stamped(texts: BoxTexts, key: string): BoxTexts {
  const metadata = boxMetadata.parse(JSON.parse(texts['metadata.json']));
  return { ...texts, 'metadata.json': `${JSON.stringify({ ...metadata, coreosLab: key })}\n` };
}

/**
 * Vagrant takes any box of the right name; machines made from another one would boot, hear of no Ignition config and let nobody
 * in. No box of that name is well: Vagrant then takes it from the cache.
 * @param vagrantHome where Vagrant keeps boxes (Vagrant documentation, VAGRANT_HOME)
 * @throws LabError `state.box`
 */
export async function refuseOtherBox(
  vagrantHome: string,
  { name, key, provider }: { name: string; key: string; provider: BoxProvider },
): Promise<void> {
  for (const directory of await boxDirectories(join(vagrantHome, 'boxes', name), provider)) {
    if ((await stampIn(directory)) === key) continue;
    throw new LabError({
      code: 'state.box',
      cause: `Vagrant has a box ${name} for ${provider} that this lab did not make: ${directory}`,
      next: `vagrant box remove ${name} --provider ${provider} --all --force; vagrant up`,
    });
  }
}

/** Undefined for a box without stamp, and for one whose metadata cannot be read. */
async function stampIn(directory: string): Promise<string | undefined> {
  try {
    return boxMetadata.parse(JSON.parse(await readFile(join(directory, 'metadata.json'), 'utf8'))).coreosLab;
  } catch {
    return undefined;
  }
}

/** `boxes/NAME/VERSION/PROVIDER`, and with the processor's name before the provider since Vagrant 2.4. */
async function boxDirectories(top: string, provider: BoxProvider): Promise<string[]> {
  const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name === provider)
    .map((entry) => join(entry.parentPath, entry.name));
}
