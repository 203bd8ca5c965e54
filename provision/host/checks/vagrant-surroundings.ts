import { type Check, ok, warn } from '../check.ts';

const profile = '/etc/apparmor.d/usr.sbin.libvirtd';

/** QEMU must read each machine's Ignition config (fw_cfg), which the profile of a host's libvirt does not allow. */
export const appArmor: Check = {
  id: 'apparmor',
  title: 'AppArmor, fw_cfg',
  run(probe) {
    if (probe.read('/sys/module/apparmor/parameters/enabled')?.trim() !== 'Y') {
      return ok('AppArmor is off; QEMU reads the Ignition configs as root');
    }
    if (!probe.exists(profile))
      return ok("AppArmor is on, but has no profile for libvirtd: the lab's guests are free of it");
    return warn(
      `AppArmor is on and ${profile} confines every libvirtd, the lab's too; this was not tried`,
      'when libvirtd or a guest is denied something (journalctl -k -g DENIED): aa-complain /usr/sbin/libvirtd',
    );
  },
};
