import { type Check, type CheckResult, fail, ok, warn } from '../check.ts';
import { kvmCpu } from '../kvm/kvm-usable.ts';
import { installCommand } from '../packages.ts';

const installQemu = installCommand(['qemu-system-x86']);

/** Whether QEMU runs a guest at all, judged by one. */
export const hypervisor: Check = {
  id: 'hypervisor',
  title: 'Hypervisor',
  async run(probe) {
    const guest = await probe.tinyGuest('tcg');
    if (guest.outcome === 'no-qemu') return warn('there is no qemu-system-x86_64', installQemu);
    if (guest.outcome === 'ran') return ok(`QEMU ran a tiny guest in ${guest.ms} ms (emulated)`);
    // Not told apart: a QEMU that hangs, and a host with so much else to do.
    if (guest.outcome === 'hung')
      return warn(
        `a tiny emulated guest did not come to its end in ${guest.ms} ms: this host is too slow, or busy`,
        'lab doctor again when less runs beside it; then apt-get install --reinstall qemu-system-x86',
      );
    return fail(`QEMU cannot run an emulated guest: ${guest.said}`, `apt-get install --reinstall qemu-system-x86`);
  },
};

/** A /dev/kvm can exist and hang: inside another virtual machine or container. Only a guest that comes to its end proves it. */
export const kvm: Check = {
  id: 'kvm',
  title: 'KVM',
  async run(probe, { vagrant }) {
    if (vagrant.driver === 'qemu')
      return ok('not used: driver = "qemu" under [vagrant] in lab.toml, guests are emulated');
    const without = (detail: string): CheckResult =>
      vagrant.driver === 'kvm'
        ? fail(detail, 'set driver = "auto" under [vagrant] in lab.toml: guests are then emulated')
        : warn(
            `${detail}: guests are emulated and take minutes to boot`,
            'a host whose processor and hypervisor offer virtualisation, or patience',
          );
    if (!probe.exists('/dev/kvm')) return without('there is no /dev/kvm');
    const guest = await probe.tinyGuest('kvm', vagrant.cpuModel ?? kvmCpu);
    if (guest.outcome === 'no-qemu') return warn('not tried: there is no qemu-system-x86_64', installQemu);
    if (guest.outcome === 'ran') return ok(`ran a tiny guest in ${guest.ms} ms`);
    if (guest.outcome === 'hung')
      return without(`/dev/kvm exists, but a tiny guest on it did not come to its end in ${guest.ms} ms`);
    return without(`/dev/kvm refuses: ${guest.said}`);
  },
};
