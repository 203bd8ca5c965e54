import { availableMemory } from './check.ts';
import type { LabConfig } from '../config/lab-config.ts';
import type { HostProbe } from './host-probe.ts';

/** How many machines of one size this host has room for. */
export interface Room {
  readonly memoryBytes: number;
  /** At most as many as config.rb can ask for. */
  readonly machines: number;
  /** What there is too little of for one more. */
  readonly limit: 'memory' | 'disk' | 'config.rb';
}

/** Of $num_instances. */
export const mostMachines = 9;

/** Seen: what the disk of a machine takes of the host with the whole stack deployed. It may grow to 16 GB. */
export const machineDiskBytes = 1024 ** 3;

/** Least of Couchbase's machines, the default, and larger ones (MB). */
const sizesMb = [1536, 2048, 3072, 4096, 8192];

const mb = 1024 ** 2;

/**
 * For the usual sizes and the one that config.rb has, in order. Without what programs use now: of a lab that is up its own
 * machines are among those. Empty where the host does not say how much memory is available.
 */
export function roomForMachines(
  probe: HostProbe,
  config: Pick<LabConfig, 'machines' | 'stateDir' | 'provider'>,
): Room[] {
  const memory = availableMemory(probe);
  if (memory === undefined) return [];
  const disk = probe.fileSystem(config.stateDir)?.freeBytes ?? Infinity;
  const own = config.machines.map(({ memoryBytes }) => memoryBytes);
  // QEMU beside the guest's own memory.
  const beside = config.provider === 'vagrant' ? 100 * mb : 0;
  return [...new Set([...sizesMb.map((size) => size * mb), ...own])]
    .sort((a, b) => a - b)
    .map((memoryBytes) =>
      roomOf(memoryBytes, { memory: memory / (memoryBytes + beside), disk: disk / machineDiskBytes }),
    );
}

function roomOf(memoryBytes: number, fits: { readonly memory: number; readonly disk: number }): Room {
  const machines = Math.min(mostMachines, Math.floor(fits.memory), Math.floor(fits.disk));
  const limit = machines === mostMachines ? 'config.rb' : fits.memory <= fits.disk ? 'memory' : 'disk';
  return { memoryBytes, machines, limit };
}

/** `4 of 2.0 GB, 2 of 4.0 GB (memory is the limit)`; sizes of which there is room for none are left out. Pure. */
export function roomText(rooms: readonly Room[], config: Pick<LabConfig, 'machines'>): string {
  const some = rooms.filter(({ machines }) => machines > 0);
  if (some.length === 0) return 'room for no machine';
  const each = some.map(({ memoryBytes, machines, limit }) => {
    const most = limit === 'config.rb' ? ' (as many as there may be)' : '';
    return `${machines} of ${memoryBytes / mb} MB${most}`;
  });
  const limits = [...new Set(some.map(({ limit }) => limit))].filter((limit) => limit !== 'config.rb');
  const why = limits.length === 0 ? '' : `; ${limits.join(' and ')} ${limits.length === 1 ? 'is' : 'are'} the limit`;
  const { machines } = config;
  const sizes = [...new Set(machines.map(({ memoryBytes }) => memoryBytes / mb))].join(' and ');
  return `room for ${each.join(', or ')}${why}; config.rb has ${machines.length} of ${sizes} MB`;
}
