import { link, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runContained } from '../run-contained.ts';
import type { BoxTexts } from './libvirt-box.ts';

/**
 * Packs a Vagrant box: a gzipped tar file with the box's texts first, then its disk. Gzip's quickest level: the slower ones
 * gain a tenth of the size.
 * @param dir an empty directory on the disk's file system; the disk is linked there, not copied
 * @returns the box file, in `dir`
 * @throws LabError `command.tar`, `host.missing-program`
 */
export async function packBox(dir: string, texts: BoxTexts, disk: { name: string; file: string }): Promise<string> {
  for (const [name, text] of Object.entries(texts)) await writeFile(join(dir, name), text);
  await link(disk.file, join(dir, disk.name));
  const file = join(dir, 'lab.box');
  await runContained({
    program: 'tar',
    args: [
      ...['--create', '--file', file, '--use-compress-program', 'pigz -1', '--owner=root:0', '--group=root:0'],
      ...['--directory', dir, ...Object.keys(texts), disk.name],
    ],
    deadlineMs: 10 * 60_000,
    purpose: 'pack the Vagrant box',
    next: 'check that the disk of the cache directory is not full, then run the command again',
  });
  return file;
}
