import { type Check, fail, ok } from '../check.ts';
import { vagrantVersion } from './vagrant.ts';

const otherwise = 'or set hypervisor = "libvirt" under [vagrant] in lab.toml';

/** Vagrant knows the series of VirtualBox that were there when it was made, and refuses all others. */
export const virtualBox: Check = {
  id: 'virtualbox',
  title: 'VirtualBox',
  async run(probe) {
    const text = (await probe.output('VBoxManage', '--version'))?.trim();
    if (text === undefined) {
      return fail(
        'there is no VBoxManage; Debian 12 has no package of VirtualBox',
        `install VirtualBox 7.0, ${otherwise}`,
      );
    }
    // Warnings about its kernel modules come before the version.
    const [, major, minor] = /^(\d+)\.(\d+)\./m.exec(text) ?? [];
    if (major === undefined || minor === undefined)
      return fail(`VBoxManage --version says no version: ${text}`, `install VirtualBox 7.0, ${otherwise}`);
    const series = Number(major) * 10 + Number(minor);
    if (series < 60) return fail(`${text} is too old`, `install VirtualBox 7.0, ${otherwise}`);
    const said = await probe.output('vagrant', '--version');
    const vagrant = said === undefined ? undefined : vagrantVersion(said);
    if (series > 70 && (vagrant === undefined || vagrant.number < knowsNewer))
      return fail(
        `${text} is newer than ${vagrant === undefined ? "Debian's Vagrant" : `Vagrant ${vagrant.text}`} knows (7.0)`,
        `install VirtualBox 7.0, or Vagrant 2.4.2 or newer, ${otherwise}`,
      );
    return ok(`${text}; the lab has a registry of its own there, other virtual machines are not in it`);
  },
};

/** Vagrant 2.4.2, the first that knows VirtualBox 7.1 (its CHANGELOG). */
const knowsNewer = 2_004_002;

export const virtualBoxModules: Check = {
  id: 'virtualbox-modules',
  title: 'VirtualBox in the kernel',
  run(probe) {
    const missing = ['vboxdrv', 'vboxnetflt'].filter((name) => !probe.exists(`/sys/module/${name}`));
    if (missing.length === 0) return ok('vboxdrv runs guests, vboxnetflt bridges them onto the link of the lab');
    return fail(
      `not loaded: ${missing.join(' ')}`,
      `modprobe -a ${missing.join(' ')} (after /sbin/vboxconfig), ${otherwise}`,
    );
  },
};
