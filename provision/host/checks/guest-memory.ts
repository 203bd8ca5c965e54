import { chosenDriver } from '../../config/stretch-timers.ts';
import { availableMemory, type Check, fail, gigabytes, memoryUnknown, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { kvmCpu } from '../kvm/kvm-usable.ts';

/** The guest's kernel, page cache and idle services, before any container runs there (docs/results.md). */
const idleGuestBytes = 600 * 1024 ** 2;

/** QEMU beside the guest's own memory: code, devices, page tables. */
const overheadBytes = 100 * 1024 ** 2;

/** A guest takes what it once touched and gives nothing back, other than a container's processes. */
export const guestMemory: Check = {
  id: 'memory',
  title: 'Memory',
  async run(probe, { name, machines, vagrant }) {
    const available = availableMemory(probe);
    if (available === undefined) return memoryUnknown;
    const emulated =
      vagrant.hypervisor === 'libvirt' &&
      chosenDriver(vagrant, vagrant.driver === 'auto' && (await kvmRuns(probe, vagrant.cpuModel))) === 'qemu';
    // Translated code fills its buffer within the first boot.
    const beside = overheadBytes + (emulated ? vagrant.tbSizeMb * 1024 ** 2 : 0);
    const most = machines.reduce((sum, machine) => sum + machine.memoryBytes + beside, 0);
    const least = machines.length * (idleGuestBytes + beside);
    const figures = `${gigabytes(available)} available, ${machines.length} guests may take ${gigabytes(most)}`;
    const fix = 'lower $vm_memory or $num_instances in config.rb, end other programs, or add memory';
    // A lab that is up already holds its share.
    if (probe.exists(`/sys/class/net/lab-${name}`) || available >= most) return ok(figures);
    if (available >= least) return warn(`${figures}: enough unless all fill up at once`, fix);
    return fail(`${figures}; even idle ones take ${gigabytes(least)}`, fix);
  },
};

async function kvmRuns(probe: HostProbe, cpu: string = kvmCpu): Promise<boolean> {
  return probe.exists('/dev/kvm') && (await probe.tinyGuest('kvm', cpu)).outcome === 'ran';
}
