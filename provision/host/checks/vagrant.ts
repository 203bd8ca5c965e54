import { type Check, fail, ok, warn } from '../check.ts';
import { installCommand } from '../packages.ts';

const up = '`lab up --provider vagrant` installs it';

export const vagrant: Check = {
  id: 'vagrant',
  title: 'Vagrant',
  async run(probe) {
    const text = await probe.output('vagrant', '--version');
    if (text === undefined) return warn(`there is no vagrant; ${up}`, installCommand(['vagrant', 'vagrant-libvirt']));
    const version = vagrantVersion(text);
    if (version !== undefined && version.number >= leastVersion) return ok(version.text);
    return fail(
      `${text.trim()}: the Vagrantfile needs 2.2.10 or newer`,
      installCommand(['vagrant', 'vagrant-libvirt']),
    );
  },
};

/** What `vagrant --version` says; `number` is 2004002 for 2.4.2. Undefined when it says none. Pure. */
export function vagrantVersion(said: string): { text: string; number: number } | undefined {
  const text = /\d+\.\d+\.\d+/.exec(said)?.[0];
  if (text === undefined) return undefined;
  return { text, number: text.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0) };
}

/** As Vagrant.require_version in the Vagrantfile. */
const leastVersion = 2_002_010;

/** Debian's package and `vagrant plugin install` are two ways to the same plugin; Vagrant lists both. */
export const vagrantPlugin: Check = {
  id: 'vagrant-plugin',
  title: 'Vagrant plugin',
  async run(probe) {
    const list = await probe.output('vagrant', 'plugin', 'list');
    if (list === undefined) return warn(`not asked: there is no vagrant; ${up}`, installCommand(['vagrant-libvirt']));
    const [, version] = /^vagrant-libvirt \((\d[^,)]*)/m.exec(list) ?? [];
    if (version !== undefined) return ok(`vagrant-libvirt ${version}`);
    // A Vagrant that is not Debian's does not see Debian's plugins.
    const debian = (await probe.missingPackages(['vagrant'])).length === 0;
    const fix = debian ? installCommand(['vagrant-libvirt']) : 'vagrant plugin install vagrant-libvirt';
    return (debian ? warn : fail)(`Vagrant has no plugin vagrant-libvirt${debian ? `; ${up}` : ''}`, fix);
  },
};

export const libvirtDaemon: Check = {
  id: 'libvirt',
  title: 'libvirt',
  async run(probe) {
    const [daemon, client] = await Promise.all([
      probe.output('libvirtd', '--version'),
      probe.output('virsh', '--version'),
    ]);
    if (daemon === undefined || client === undefined) {
      const missing = [
        ...(daemon === undefined ? ['libvirt-daemon'] : []),
        ...(client === undefined ? ['libvirt-clients'] : []),
      ];
      return warn(`missing: ${missing.join(' ')}; ${up}`, installCommand(missing));
    }
    return ok(`${client.trim()}; the lab starts a libvirtd of its own, the host's is neither needed nor asked`);
  },
};

/** What other vagrant-libvirt set-ups stumble over, and this one does not have. */
export const libvirtAccess: Check = {
  id: 'libvirt-access',
  title: 'Access to libvirt',
  run: (probe) =>
    probe.uid === 0
      ? ok("the lab's own libvirtd belongs to root: no polkit rule, no group libvirt")
      : fail("the lab's own libvirtd belongs to root; a member of group libvirt cannot reach it", 'sudo vagrant up'),
};

const libvirtProfile = '/etc/apparmor.d/usr.sbin.libvirtd';

/** QEMU must read each machine's Ignition config (fw_cfg), which the profile of a host's libvirt does not allow. */
export const appArmor: Check = {
  id: 'apparmor',
  title: 'AppArmor, fw_cfg',
  run(probe) {
    if (probe.read('/sys/module/apparmor/parameters/enabled')?.trim() !== 'Y') {
      return ok('AppArmor is off; QEMU reads the Ignition configs as root');
    }
    if (!probe.exists(libvirtProfile))
      return ok("AppArmor is on, but has no profile for libvirtd: the lab's guests are free of it");
    return warn(
      `AppArmor is on and ${libvirtProfile} confines every libvirtd, the lab's too; this was not tried`,
      'when libvirtd or a guest is denied something (journalctl -k -g DENIED): aa-complain /usr/sbin/libvirtd',
    );
  },
};
