import { gigabytes } from '#provision/host/check.ts';
import type { FileSystem } from '#provision/host/host-probe.ts';

/** What machines need to write logs and containers for a while; etcd stops taking writes when there is none. */
const littleBytes = 512 * 1024 * 1024;

/** One sentence when the disk that all machines write to is nearly full; undefined when it is not, or nothing is known. Pure. */
export function fullDiskNote(stateDir: string, disk: FileSystem | undefined): string | undefined {
  if (disk === undefined || disk.freeBytes >= littleBytes) return undefined;
  const left = disk.freeBytes === 0 ? 'no space' : `only ${gigabytes(disk.freeBytes)}`;
  return (
    `the host has ${left} left for ${stateDir} (${disk.type} on ${disk.mountPoint}): machines write there, and etcd, Docker and ` +
    `Couchbase fail when it is full. Next: free space on ${disk.mountPoint}, then lab up`
  );
}
