import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { mountOf } from '../../host/real-host.ts';
import type { LabPaths, MachinePaths } from '../ground/lab-paths.ts';
import { removeFiller } from './fill-disk.ts';

/** Size of a machine's disk. The image is sparse: on the host it takes what the machine has written. */
const diskBytes = 16 * 1024 ** 3;

/** Of ext4 (mke2fs(8), -L). */
const labelLimit = 16;

/**
 * Mounts a machine's disk, made first when there is none; no-op when it is mounted. It stays mounted while the
 * supervisor lives, so that the journal of a machine that is down can be read. The kernel frees the loop device when the
 * last mount goes (`mount -o loop` sets autoclear), also when the supervisor is killed.
 * @throws LabError `host.disk-image`
 */
export async function attachDisk(lab: string, machine: string, paths: MachinePaths): Promise<void> {
  try {
    if (!(await isMounted(paths.disk))) {
      if (!existsSync(paths.diskImage)) await makeImage(diskLabel(lab, machine), paths.diskImage);
      await mkdir(paths.disk, { recursive: true });
      await execa('mount', ['--no-mtab', '-t', 'ext4', '-o', 'loop,noatime', paths.diskImage, paths.disk]);
      await bypassHostCache(paths.disk);
    }
    // Of a fault that nobody could lift.
    await removeFiller(paths.disk);
  } catch (error) {
    throw new LabError({
      code: 'host.disk-image',
      cause: `the disk of ${machine} cannot be made or mounted: ${paths.diskImage}`,
      evidence: (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 8),
      next: `losetup --find (says whether this host has loop devices); lab destroy ${machine} && lab up ${machine}`,
      error,
    });
  }
}

/** Mounts the disks that are there already when the supervisor starts. One that fails says why when its machine starts. */
export async function attachOldDisks(
  lab: string,
  machines: readonly { readonly name: string; readonly paths: MachinePaths }[],
): Promise<void> {
  const old = machines.filter(({ paths }) => existsSync(paths.diskImage) && existsSync(paths.provisionedFile));
  await Promise.all(old.map(({ name, paths }) => attachDisk(lab, name, paths).catch(console.error)));
}

/**
 * Throws the disk away (the machine is as new). Its root must not be mounted. The record of its provisioning goes first:
 * a disk that is half gone counts as none.
 */
export async function wipeDisk(paths: MachinePaths): Promise<void> {
  await rm(paths.provisionedFile, { force: true });
  while (await isMounted(paths.disk)) await execa('umount', ['--lazy', paths.disk]);
  await rm(paths.diskImage, { force: true });
}

/** Names lab and machine as far as they fit; the machine's name is the last to be cut. Pure. */
export function diskLabel(lab: string, machine: string): string {
  const room = labelLimit - machine.length - 1;
  return room > 0 ? `${lab.slice(0, room)}-${machine}` : machine.slice(-labelLimit);
}

/** In this mount namespace. */
export async function isMounted(directory: string): Promise<boolean> {
  return mountOf(await readFile('/proc/self/mountinfo', 'utf8'), directory)?.mountPoint === directory;
}

/**
 * The host need not keep in memory what the machine's own cache has already (losetup(8), --direct-io). Asked of the
 * mounted device, so that there is no moment at which a killed supervisor would leave one behind. A host whose file
 * system cannot do it (tmpfs) goes on without.
 */
async function bypassHostCache(disk: string): Promise<void> {
  const { stdout: device } = await execa('findmnt', ['--noheadings', '--output', 'SOURCE', '--mountpoint', disk]);
  await execa('losetup', ['--direct-io=on', device], { reject: false });
}

/**
 * Nothing is kept for root (-m 0): a full disk is full for everybody. A hole reads as zeros, so no table needs to be
 * zeroed, neither now nor by a kernel thread later. Under its own name only when it is whole.
 */
async function makeImage(label: string, image: string): Promise<void> {
  const half = `${image}.new`;
  await rm(half, { force: true });
  const file = await open(half, 'w', 0o600);
  await file.truncate(diskBytes);
  await file.close();
  const zeros = 'nodiscard,assume_storage_prezeroed=1,lazy_itable_init=1,lazy_journal_init=1';
  await execa('mkfs.ext4', ['-q', '-F', '-m', '0', '-J', 'size=64', '-N', '524288', '-L', label, '-E', zeros, half]);
  await rename(half, image);
}

/**
 * Machines made by an earlier version have their disk as a plain directory: started from an empty image they would have
 * lost everything without a word.
 * @throws LabError `state.old-disk`
 */
export function refuseOldDisks(paths: LabPaths, machines: readonly string[]): void {
  const old = machines.filter((machine) => existsSync(join(paths.machine(machine).dir, 'upper')));
  if (old.length === 0) return;
  throw new LabError({
    code: 'state.old-disk',
    cause: `the disk of ${old.join(', ')} is a directory, as an earlier version made it; this one needs an image file`,
    evidence: old.map((machine) => join(paths.machine(machine).dir, 'upper')),
    next: 'lab destroy && lab up (the machines are made anew)',
  });
}
