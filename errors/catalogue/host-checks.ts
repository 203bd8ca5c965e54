import type { EntriesOf } from './entry.ts';

/** The checks of `lab doctor`: each is `host.` and its id. One that fails ends any command that needs a fit host. */
export const hostChecks = {
  'host.access-control': {
    means:
      'SELinux or AppArmor confines programs that the lab runs. What they forbid may fail far from its cause. ' +
      '`lab doctor` only warns of it.',
    remedy: '`setenforce 0` for SELinux, `aa-complain PROGRAM` for AppArmor, where something fails that should not.',
  },
  'host.address-range': {
    means:
      "A network or the gateway of this host lies in the lab's range, which would tear it in two. Where the lab " +
      'only covers a part, `lab doctor` warns.',
    remedy:
      'Set range, bridge, first_machine and host (and flannel) under [network] in lab.toml to a free private network.',
  },
  'host.apparmor': {
    means:
      "AppArmor confines every libvirtd, the lab's too, and may keep QEMU from the Ignition configs. `lab " +
      'doctor` only warns of it.',
    remedy: 'When something is denied (`journalctl -k -g DENIED`): `aa-complain /usr/sbin/libvirtd`',
  },
  'host.apt': {
    means: 'There is no apt-get, or no apt source is enabled, so no image can be built and no package installed.',
    remedy: 'Add a Debian source to /etc/apt/sources.list.d (sources.list(5)), then `apt-get update`.',
  },
  'host.capabilities': {
    means: 'This process lacks capabilities that machines are made with, as in a container without privileges.',
    remedy: 'Start the container with `--privileged`, or run the lab on a host or in a virtual machine, as root.',
  },
  'host.cgroups': {
    means:
      'Control groups are not mounted, read-only, or lack a controller, so machines could not be limited or frozen.',
    remedy:
      'The error has the command for this host; in a container: `docker run --privileged --cgroupns=host`, or ' +
      'Delegate=yes in the unit.',
  },
  'host.cpus': {
    means: 'One machine asks for more CPUs than this host has.',
    remedy: 'Set $vm_cpus in config.rb to what `nproc` says, or less.',
  },
  'host.debian': {
    means: 'This host is not Debian or a derivative of it: packages and images need apt and dpkg.',
    remedy: 'Use Debian 12 (bookworm), as a host or virtual machine.',
  },
  'host.disk-cache': {
    means: 'The disk of the image cache has less than 5 GB free, is read-only, or cannot be examined.',
    remedy: '`lab image prune` frees what nobody needs; or set XDG_CACHE_HOME to a directory on a larger disk.',
  },
  'host.disk-state': {
    means:
      "The disk for the machines has less than 5 GB free, is read-only, or is of a kind on which no machine's disk can lie " +
      '(overlay, NFS, FUSE).',
    remedy: 'Set state_dir under [lab] in lab.toml to a directory on ext4, xfs or btrfs; in a container: a volume.',
  },
  'host.emulation': {
    means:
      "The host's own CPU is emulated, and the lab's timers are too short for it. `lab doctor` only warns of " + 'it.',
    remedy: 'Set stretch = 10 under [timers] in lab.toml.',
  },
  'host.firewall': {
    means: 'A rule of this host drops packets between it and the machines. `lab doctor` only warns of it.',
    remedy: '`lab doctor` has the command for the firewall that is there; it lets the link lab-NAME pass.',
  },
  'host.hypervisor': {
    means: 'QEMU cannot run even a tiny emulated guest, so there can be no virtual machines.',
    remedy: '`apt-get install --reinstall qemu-system-x86`, then `lab doctor --provider vagrant`',
  },
  'host.kernel-faults': {
    means:
      'The kernel lacks netfilter modules, so scenarios cannot make the faults partition or packet-loss. `lab ' +
      'doctor` only warns of it.',
    remedy: "`lab doctor` names the modules; use a kernel with netfilter, as Debian's.",
  },
  'host.kernel-fuse': {
    means: 'There is no FUSE or no /dev/fuse. lxcfs, by which a machine sees its own memory and CPUs, needs it.',
    remedy: '`modprobe fuse`; in a container also `mknod -m 600 /dev/fuse c 10 229`',
  },
  'host.kernel-inotify': {
    means:
      'Too few inotify instances are left for root: each machine needs at least 10. With fewer than 20 each `lab ' +
      'doctor` warns.',
    remedy:
      '`echo fs.inotify.max_user_instances=1024 >> /etc/sysctl.d/90-coreos-lab.conf && sysctl -p ' +
      '/etc/sysctl.d/90-coreos-lab.conf`',
  },
  'host.kernel-loop': {
    means: "The kernel has no loop devices or no ext4, of which the machines' disks are made.",
    remedy: '`modprobe loop ext4`; in a container also `mknod -m 660 /dev/loop-control c 10 237`',
  },
  'host.kernel-namespaces': {
    means: 'The kernel lacks namespaces that machines are made of, or its limit on them is 0.',
    remedy: '`sysctl -w user.max_NAME_namespaces=10000` with the names that the error gives.',
  },
  'host.kernel-network': {
    means: 'The kernel modules bridge or veth are kept from being loaded, so machines could have no network.',
    remedy: 'The error has the command; try it: `ip link add labtest type bridge && ip link del labtest`',
  },
  'host.kernel-overlay': {
    means: 'The kernel has no overlay file system, or it is kept from being loaded. Machines share the OS image by it.',
    remedy: '`modprobe overlay`, or a kernel with CONFIG_OVERLAY_FS',
  },
  'host.kvm': {
    means: 'lab.toml demands KVM (driver = "kvm"), and no guest runs with it here: no /dev/kvm, or one that hangs.',
    remedy: 'Set driver = "auto" under [vagrant] in lab.toml: guests are then emulated, which is slow.',
  },
  'host.libvirt': {
    means: 'libvirt-daemon or libvirt-clients is missing. `lab doctor` only warns of it.',
    remedy: '`lab up --provider vagrant` installs them.',
  },
  'host.libvirt-access': {
    means: "The lab's own libvirtd belongs to root, and this is another user. The group libvirt does not help.",
    remedy: '`sudo vagrant up`',
  },
  'host.machine-id': {
    means: "The host has no valid /etc/machine-id. systemd-nspawn derives the machines' hardware addresses from it.",
    remedy: '`systemd-machine-id-setup`',
  },
  'host.memory': {
    means: 'Too little memory is available: three containers need 3 GB, virtual machines what they take when idle.',
    remedy: 'End other programs, lower $vm_memory or $num_instances in config.rb, or add memory.',
  },
  'host.network-daemons': {
    means:
      "A file of systemd-networkd is for the lab's link too, and takes its addresses away. `lab doctor` only " +
      'warns of it.',
    remedy: 'Write Name=!lab-* under [Match] of the file that it names, then `networkctl reload`.',
  },
  'host.node': {
    means:
      "Node does not fit (20.19+ or 22.12+ is needed, without Debian's libnode.so), and the lab may not or cannot " +
      'take its own from npm.',
    remedy:
      'Run `sudo ./lab doctor` without `--no-install`; or install Node with npm and put it first in PATH. `npm ' +
      "ping` tests npm's network.",
  },
  'host.packages': {
    means:
      'Debian packages that the lab needs are missing, and apt-get could not install them or was not allowed to ' +
      '(`--no-install`).',
    remedy: 'Run the `apt-get install` that the error gives; after a broken installation first `dpkg --configure -a`.',
  },
  'host.paths': {
    means:
      'The path of the cache has a quote, comma, colon, backslash or control character, which apt, buildah or PATH cannot ' +
      'carry. With virtual machines cache, checkout and state directory may have letters, digits and . @ + ~ - _ only.',
    remedy: 'Set XDG_CACHE_HOME, or state_dir in lab.toml, to another directory, or move the checkout.',
  },
  'host.ports': {
    means: "A program of this host listens on an address of the lab's network. `lab doctor` only warns of it.",
    remedy: '`ss -ltnp` shows it; end it, or move the lab: range under [network] in lab.toml.',
  },
  'host.root': {
    means:
      'The check `root` of `lab doctor`: it does not run as root. Commands that need root say permission.root instead.',
    remedy: '`sudo ./lab doctor`',
  },
  'host.routing-rules': {
    means:
      "A routing rule, as of a VPN, takes packets for the lab's addresses elsewhere. `lab doctor` only warns of " +
      'it.',
    remedy: '`lab doctor` has the `ip rule add` that asks the table main first.',
  },
  'host.user-namespace': {
    means: "root here is not the host's root (a user namespace, as of a rootless container). It cannot make machines.",
    remedy: 'Run the lab as root of the host itself, in a virtual machine, or in a container that is not rootless.',
  },
  'host.vagrant': {
    means: 'Vagrant is not installed, or older than 2.2.10.',
    remedy: '`apt-get install --no-install-recommends vagrant vagrant-libvirt`, then `lab doctor --provider vagrant`',
  },
  'host.vagrant-plugin': {
    means: "Vagrant does not have the plugin vagrant-libvirt. One that is not Debian's does not see Debian's plugins.",
    remedy: '`vagrant plugin install vagrant-libvirt`',
  },
  'host.virtualbox': {
    means: 'VirtualBox is not installed, too old, or newer than this Vagrant knows.',
    remedy:
      'Install VirtualBox 7.0 (for 7.1 also Vagrant 2.4.2 or newer), or set hypervisor = "libvirt" under [vagrant] ' +
      'in lab.toml.',
  },
  'host.virtualbox-modules': {
    means: "VirtualBox's kernel modules are not loaded.",
    remedy: '`/sbin/vboxconfig`, then `modprobe -a vboxdrv vboxnetflt`',
  },
} as const satisfies EntriesOf<'host'>;
