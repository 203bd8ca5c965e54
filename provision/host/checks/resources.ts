import type { LabConfig } from '../../config/lab-config.ts';
import { type Check, availableMemory, type CheckResult, fail, gigabytes, memoryUnknown, ok, warn } from '../check.ts';
import type { FileSystem, HostProbe } from '../host-probe.ts';

/** Three machines with the whole stack need a little less; an image build needs about as much. */
const leastMemoryBytes = 3 * 1024 ** 3;
const leastDiskBytes = 5 * 1024 ** 3;

export const memory: Check = {
  id: 'memory',
  title: 'Memory',
  run(probe, config) {
    const available = availableMemory(probe);
    if (available === undefined) return memoryUnknown;
    const promised = config.machines.reduce((sum, machine) => sum + machine.memoryBytes, 0);
    const each = Math.max(...config.machines.map((machine) => machine.memoryBytes));
    const room = `room for ${Math.floor(available / each)} of ${gigabytes(each)}`;
    const figures =
      `${gigabytes(available)} available, ${config.machines.length} machines may take ${gigabytes(promised)} ` +
      `(${room})`;
    // A lab that is up already holds its share: coming back to it needs no more.
    const isUp = probe.exists(`/sys/class/net/lab-${config.name}`);
    if (available < leastMemoryBytes && !isUp) {
      return fail(
        `${figures}; at least ${gigabytes(leastMemoryBytes)} must be available`,
        'end other programs or add memory',
      );
    }
    if (available >= promised) return ok(figures);
    return warn(`${figures}: enough unless all fill up at once`, 'lower $vm_memory in config.rb or add memory');
  },
};

export const cpus: Check = {
  id: 'cpus',
  title: 'CPUs',
  run(probe, config) {
    const wanted = config.machines.reduce((sum, machine) => sum + machine.cpus, 0);
    const most = Math.max(...config.machines.map((machine) => machine.cpus));
    const figures = `${probe.cpus} on the host, up to ${wanted} used by the machines`;
    if (most <= probe.cpus) return ok(figures);
    return fail(`${figures}: one machine asks for ${most}`, `set $vm_cpus = ${probe.cpus} in config.rb`);
  },
};

function space(probe: HostProbe, path: string, fix: string): CheckResult {
  const fileSystem = probe.fileSystem(path);
  // Of who is not root the check of root says enough.
  if (probe.uid === 0 && !probe.writable(path))
    return fail(`${path} cannot be written: its file system is read-only`, fix);
  if (!fileSystem) return fail(`${path}: its file system cannot be examined`, `df ${path}`);
  const figures = `${gigabytes(fileSystem.freeBytes)} free for ${path} (${fileSystem.type} on ${fileSystem.mountPoint})`;
  if (fileSystem.freeBytes >= leastDiskBytes) return ok(figures);
  return fail(`${figures}, at least ${gigabytes(leastDiskBytes)} are needed`, fix);
}

export const stateDisk: Check = {
  id: 'disk-state',
  title: 'Disk for machines',
  run(probe, config) {
    const fix = `free space, or set state_dir under [lab] in lab.toml to a larger disk`;
    const { stateDir } = config;
    const found = probe.fileSystem(stateDir);
    const result = space(probe, stateDir, fix);
    return result.status === 'ok' && found ? suitable(config, found, result) : result;
  },
};

/** Neither Docker's overlay2 nor a machine's own overlay can have its upper layer on one of these (overlayfs docs, "Upper and lower"). */
const noUpperLayer = ['overlay', 'nfs', 'nfs4', 'fuse', '9p', 'vfat', 'exfat', 'cifs', 'virtiofs', 'aufs', 'squashfs'];

function suitable({ stateDir }: LabConfig, found: FileSystem, result: CheckResult): CheckResult {
  if (noUpperLayer.includes(found.type) || found.type.startsWith('fuse.')) {
    return fail(
      `${stateDir} is on ${found.type}, on which no machine's disk can lie`,
      'set state_dir under [lab] in lab.toml to a directory on ext4, xfs or btrfs (in a container: a volume)',
    );
  }
  if (found.type !== 'tmpfs') return result;
  return warn(`${result.detail}: machines' disks would take memory`, 'set state_dir under [lab] in lab.toml to a disk');
}

export const cacheDisk: Check = {
  id: 'disk-cache',
  title: 'Disk for images',
  run: (probe, { cacheDir }) =>
    space(probe, cacheDir, 'free space, or set XDG_CACHE_HOME to a directory on a larger disk'),
};
