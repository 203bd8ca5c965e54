import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { AptSources } from '../apt-sources.ts';

/**
 * Writes a configuration that lets the host's apt install packages into another root: the host fetches, as it does for
 * itself, dpkg runs in the root. Nothing of it stays in the root.
 * @param dir an empty directory for it
 * @returns the file for APT_CONFIG
 */
export async function writeAptConfig(dir: string, root: string, apt: AptSources): Promise<string> {
  const parts = join(dir, 'sources.list.d');
  await mkdir(parts, { recursive: true });
  const lines = apt.sources.filter((source) => !isAbsolute(source));
  for (const [n, source] of apt.sources.filter(isAbsolute).entries()) {
    await copyFile(source, join(parts, `${n}.${source.endsWith('.list') ? 'list' : 'sources'}`));
  }
  await writeFile(join(dir, 'sources.list'), lines.map((line) => `${line}\n`).join(''));
  const file = join(dir, 'apt.conf');
  await writeFile(file, aptConfig(dir, root, apt.aptOpts));
  return file;
}

/** Text of that file (apt.conf(5)). */
function aptConfig(dir: string, root: string, aptOpts: readonly string[]): string {
  return [
    `Dir "${root}";`,
    `DPkg::Chroot-Directory "${root}";`,
    `Dir::Etc::SourceList "${dir}/sources.list";`,
    `Dir::Etc::SourceParts "${dir}/sources.list.d";`,
    'Dir::Etc::Trusted "/etc/apt/trusted.gpg";',
    'Dir::Etc::TrustedParts "/etc/apt/trusted.gpg.d/";',
    'APT::Install-Recommends "false";',
    // The user _apt may not enter the cache of root's home directory.
    'APT::Sandbox::User "root";',
    ...aptOpts.map((option) => option.slice('--aptopt='.length)),
    '',
  ].join('\n');
}
