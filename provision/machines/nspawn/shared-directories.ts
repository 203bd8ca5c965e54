import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { isMounted } from './disk-image.ts';

/**
 * Unmounts what a killed systemd-nspawn has left of the directories it shares with its host, in this mount namespace. It
 * refuses to start a machine whose directory is a mount point already: `unix-export/MACHINE`, for sockets, from version 254
 * on (systemd's NEWS).
 * @param nspawnDir has a directory for each purpose, and in it one for each machine
 */
export async function unmountSharedDirectories(machine: string, nspawnDir = '/run/systemd/nspawn'): Promise<void> {
  const purposes = await readdir(nspawnDir, { withFileTypes: true }).catch(() => []);
  for (const { name } of purposes.filter((entry) => entry.isDirectory())) {
    const directory = join(nspawnDir, name, machine);
    while (await isMounted(directory)) await execa('umount', ['--recursive', '--lazy', directory]);
  }
}
