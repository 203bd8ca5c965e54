import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LabError } from '#errors/lab-error.ts';
import type { Hierarchy } from './hierarchies.ts';
import { cgroupTree } from './machine-cgroup.ts';
import { textOrEmpty } from '../../host/text-or-empty.ts';

/** A disk is throttled in cgroups that containers make later, too; they are looked for this often, ms. */
const lookEveryMs = 200;

/** Of cgroup v1; v2 has both ways in `io.max`. */
const v1Files = ['blkio.throttle.read_bps_device', 'blkio.throttle.write_bps_device'];

/**
 * Limits what the processes of a cgroup read from and write to the disk under `directory`, each way, until it is
 * stopped. cgroup v2 limits the whole tree. The throttle of v1 is not hierarchical: every cgroup below gets the limit
 * (so that a container has its own), again and again, because containers come.
 * Source: kernel documentation, cgroup-v1/blkio-controller and cgroup-v2, "IO Interface Files".
 * @returns how to stop it
 * @throws LabError `host.disk` when the directory is on no block device
 */
export async function throttleDisk(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
  directory: string,
  bytesPerSecond: number,
): Promise<() => Promise<void>> {
  const device = diskUnder(directory);
  const apply = (limit: number | undefined) => limitDevice(hierarchies, cgroup, device, limit);
  await apply(bytesPerSecond);
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(() => apply(bytesPerSecond)).catch(() => undefined);
  }, lookEveryMs);
  return async () => {
    clearInterval(timer);
    await last;
    await apply(undefined);
  };
}

/**
 * Sets the limit of a device in a cgroup (v1: and below), or lifts it. What holds already is not written again: every
 * write begins a new period of the throttle, and a transfer that needs longer than the time between two would never end
 * (seen with 1 MB at 512 KB/s, written every 200 ms; Linux 6.18).
 * @param device `major:minor`
 * @param limit bytes per second, each way; undefined for none
 */
export async function limitDevice(
  hierarchies: readonly Hierarchy[],
  cgroup: string,
  device: string,
  limit: number | undefined,
): Promise<void> {
  for (const { mount, version } of hierarchies) {
    const top = join(mount, cgroup);
    if (version === 2) {
      const inForce = throttlesIn(textOrEmpty(join(top, 'io.max'))).get(device) ?? 'rbps=max wbps=max';
      const wanted = `rbps=${limit ?? 'max'} wbps=${limit ?? 'max'}`;
      if (!inForce.startsWith(wanted)) await write(join(top, 'io.max'), `${device} ${wanted}`);
      continue;
    }
    // The tree is walked only where the files can be.
    if (!v1Files.some((file) => existsSync(join(top, file)))) continue;
    for (const path of await cgroupTree(top))
      for (const file of v1Files) {
        const inForce = throttlesIn(textOrEmpty(join(path, file))).get(device) ?? '0';
        if (inForce !== String(limit ?? 0)) await write(join(path, file), `${device} ${limit ?? 0}`);
      }
  }
}

/**
 * Lifts every limit in a cgroup and below, whoever set it: a process that waits for a throttled transfer does not even
 * die of SIGKILL before it is through.
 */
export async function liftThrottles(hierarchies: readonly Hierarchy[], cgroup: string): Promise<void> {
  for (const { mount, version } of hierarchies)
    for (const path of await cgroupTree(join(mount, cgroup)))
      for (const file of version === 2 ? ['io.max'] : v1Files)
        for (const device of throttlesIn(textOrEmpty(join(path, file))).keys())
          await write(join(path, file), version === 2 ? `${device} rbps=max wbps=max` : `${device} 0`);
}

/** What a throttle file of cgroup v1 or v2 says of each device (`major:minor`). Pure. */
export function throttlesIn(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, device, limits] = /^(\d+:\d+) (.+)$/.exec(line) ?? [];
      return device === undefined || limits === undefined ? [] : [[device, limits] as const];
    }),
  );
}

/** A cgroup may end at any time; one of v2 has `io.max` only where the controller is delegated. */
async function write(file: string, text: string): Promise<void> {
  if (!existsSync(file)) return;
  await writeFile(file, text).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENODEV') throw error;
    if (error.code === 'ENODEV' && existsSync(file)) throw error;
  });
}

/** `major:minor` of the whole disk that a directory lies on: the kernel throttles no partition. */
function diskUnder(directory: string): string {
  const { dev } = statSync(directory);
  // The encoding of glibc's gnu_dev_major(3) and gnu_dev_minor(3), for the 32 bits Linux uses.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const entry = `/sys/dev/block/${major}:${minor}`;
  if (!existsSync(entry)) {
    throw new LabError({
      code: 'host.disk',
      cause: `${directory} is on no block device (${major}:${minor}), so its speed cannot be limited`,
      next: 'keep the lab on a disk with a plain file system (ext4, xfs): [lab] state_dir in lab.toml',
    });
  }
  if (!existsSync(join(entry, 'partition'))) return `${major}:${minor}`;
  const disk = basename(dirname(realpathSync(entry)));
  return readFileSync(`/sys/block/${disk}/dev`, 'utf8').trim();
}
