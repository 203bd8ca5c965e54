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
    if (version.number >= leastVersion) return ok(version.text);
    return fail(
      `${text.trim()}: the Vagrantfile needs 2.2.10 or newer`,
      installCommand(['vagrant', 'vagrant-libvirt']),
    );
  },
};

/** What `vagrant --version` says; `number` is 2004002 for 2.4.2, and 0 when it says none. Pure. */
export function vagrantVersion(said: string): { text: string; number: number } {
  const [, major = '0', minor = '0', patch = '0'] = /(\d+)\.(\d+)\.(\d+)/.exec(said) ?? [];
  return {
    text: `${major}.${minor}.${patch}`,
    number: Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch),
  };
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
    const missing = [
      ...(daemon === undefined ? ['libvirt-daemon'] : []),
      ...(client === undefined ? ['libvirt-clients'] : []),
    ];
    if (missing.length > 0) return warn(`missing: ${missing.join(' ')}; ${up}`, installCommand(missing));
    return ok(`${client?.trim() ?? ''}; the lab starts a libvirtd of its own, the host's is neither needed nor asked`);
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
