import { type Check, fail, gigabytes, ok, warn } from '../check.ts';

/** QEMU's own memory and the guest's kernel, page cache and idle services, before any container runs there. */
const idleGuestBytes = 1200 * 1024 ** 2;

/** QEMU beside the guest's own memory: code, devices, page tables. */
const overheadBytes = 100 * 1024 ** 2;

/** A guest takes what it once touched and gives nothing back, other than a container's processes. */
export const guestMemory: Check = {
  id: 'memory',
  title: 'Memory',
  run(probe, { name, machines, vagrant }) {
    const kib = Number(/^MemAvailable:\s*(\d+) kB$/m.exec(probe.read('/proc/meminfo') ?? '')?.[1] ?? 0);
    const available = kib * 1024;
    const each = overheadBytes + vagrant.tbSizeMb * 1024 ** 2;
    const most = machines.reduce((sum, machine) => sum + machine.memoryBytes + each, 0);
    const least = machines.length * idleGuestBytes;
    const figures = `${gigabytes(available)} available, ${machines.length} guests may take ${gigabytes(most)}`;
    const fix = 'lower $vm_memory or $num_instances in config.rb, end other programs, or add memory';
    // A lab that is up already holds its share.
    if (probe.exists(`/sys/class/net/lab-${name}`) || available >= most) return ok(figures);
    if (available >= least) return warn(`${figures}: enough unless all fill up at once`, fix);
    return fail(`${figures}; even idle ones take ${gigabytes(least)}`, fix);
  },
};
