import { overlap, parseNetwork } from '../../config/ipv4.ts';
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

/** VirtualBox's default since 6.1.28 ("Host-Only Networking" in its manual). */
const allowedByDefault = '192.168.56.0/21';

/** Only told to somebody who has VirtualBox. */
export const virtualBox: Check = {
  id: 'virtualbox',
  title: 'VirtualBox',
  async run(probe, { network }) {
    const version = (await probe.output('VBoxManage', '--version'))?.trim();
    if (version === undefined) return ok('not installed, not needed');
    const file = '/etc/vbox/networks.conf';
    const allowed = hostOnlyRanges(probe.read(file));
    const own = parseNetwork(network.cidr);
    const fits = allowed.some((text) => text === '0.0.0.0/0' || inside(own, parseNetwork(text)));
    const range = fits ? '' : ` and ${file} does not allow it a host-only network at ${network.cidr}`;
    const line = fits ? '' : ` (and, for VirtualBox: echo '* ${network.cidr}' >> ${file})`;
    return warn(
      `${version}: its guests cannot reach the lab's services yet${range}`,
      `vagrant up --provider libvirt${line}`,
    );
  },
};

/** Lines `* RANGE RANGE...`; without the file, the default. */
function hostOnlyRanges(text: string | undefined): string[] {
  if (text === undefined) return [allowedByDefault];
  return text.split('\n').flatMap((line) =>
    line.startsWith('*')
      ? line
          .slice(1)
          .split(/[\s,]+/)
          .filter(Boolean)
      : [],
  );
}

type Network = ReturnType<typeof parseNetwork>;

function inside(inner: Network, outer: Network): boolean {
  return (
    inner !== undefined && outer !== undefined && overlap(inner, outer) && outer.prefixLength <= inner.prefixLength
  );
}
