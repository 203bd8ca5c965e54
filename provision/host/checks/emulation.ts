import { type Check, ok, warn } from '../check.ts';

/** What suits guests whose CPU is emulated (docs/results.md). */
const emulatedStretch = 10;

/** systemd-detect-virt(1) says `qemu` of QEMU without KVM, and `kvm` of QEMU with it. */
export const emulation: Check = {
  id: 'emulation',
  title: "Host's own CPU",
  async run(probe, { hostStretch }) {
    const found = (await probe.output('systemd-detect-virt', '--vm'))?.trim();
    if (found !== 'qemu' && found !== 'bochs') return ok('not emulated');
    const detail = `emulated by ${found}, many times slower than a real one`;
    if (hostStretch > 1) return ok(`${detail}; every timer is ${hostStretch} times as long`);
    return warn(detail, `stretch = ${emulatedStretch} under [timers] in lab.toml`);
  },
};
