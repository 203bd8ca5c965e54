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
    const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)\./m.exec(text) ?? [];
    const series = Number(major) * 10 + Number(minor);
    if (series < 60) return fail(`${text} is too old`, `install VirtualBox 7.0, ${otherwise}`);
    const vagrant = vagrantVersion((await probe.output('vagrant', '--version')) ?? '');
    if (series > 70 && vagrant.number < knowsNewer)
      return fail(
        `${text} is newer than Vagrant ${vagrant.text} knows (7.0)`,
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
