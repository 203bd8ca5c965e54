/** Where Ignition finds its config: QEMU's fw_cfg, or a guest property of VirtualBox. */
export type IgnitionPlatform = 'qemu' | 'virtualbox';

/** Modules of GRUB's core: everything grubConfig uses, so that no module file is read at boot. */
export const grubModules = ['biosdisk', 'part_gpt', 'ext2', 'normal', 'linux', 'test', 'echo'];

/** Named in the core as GRUB's prefix: the second partition of the disk it was started from. */
export const grubPrefix = '(hd0,gpt2)/boot/grub';

/** While this file exists, the next boot is the first one and runs Ignition (as on Fedora CoreOS and Flatcar). */
export const firstBootStamp = '/boot/ignition.firstboot';

/**
 * Text of /boot/grub/grub.cfg: boots at once, and hands the kernel Ignition's argument on the first boot only, because
 * Ignition refuses to write files that are there already.
 */
export function grubConfig(platform: IgnitionPlatform): string {
  // A VirtualBox machine has a screen and may have no serial port; the last console is the one that systemd writes to.
  const consoles = platform === 'virtualbox' ? 'console=ttyS0 console=tty0' : 'console=ttyS0';
  return [
    'set timeout=0',
    'set firstboot=""',
    `if [ -f ${firstBootStamp} ]; then`,
    `  set firstboot="ignition.firstboot ignition.platform.id=${platform}"`,
    'fi',
    'menuentry "coreos-lab" {',
    // net.ifnames=0: the first card is eth0 whatever the hypervisor, the lab's own network is eth1.
    // 8250.nr_uarts=1: three serial ports that are not there cost an emulated machine seconds.
    // apparmor=0: with it, Docker starts no container without a program that the image does not have (CoreOS had no AppArmor).
    `  linux /boot/vmlinuz root=LABEL=root rw quiet mitigations=off apparmor=0 net.ifnames=0 8250.nr_uarts=1 ${consoles} $firstboot`,
    '  initrd /boot/initrd.img',
    '}',
    '',
  ].join('\n');
}
