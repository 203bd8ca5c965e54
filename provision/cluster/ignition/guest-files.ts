import { file } from 'ignition-ts';
import type { HypervisorName } from '../../config/lab-config.ts';

/** VirtualBox's NAT leads out of the host, where nothing of the lab is to go; Vagrant comes in from its other end. */
const noWayOut = file({
  path: '/etc/systemd/network/10-eth0.network.d/10-no-way-out.conf',
  mode: 0o644,
  contents: '[DHCPv4]\nUseGateway=no\n',
});

/** Files that a machine needs only as a guest. @param lanMac of its interface on the lab's bridge */
export function guestFiles(lanMac: string, hypervisor: HypervisorName) {
  return [
    // The name that every machine's interface on the lab's bridge has, so that nothing else need know what a machine is.
    file({
      path: '/etc/systemd/network/10-host0.link',
      mode: 0o644,
      contents: `[Match]\nMACAddress=${lanMac}\n\n[Link]\nName=host0\n`,
    }),
    ...(hypervisor === 'virtualbox' ? [noWayOut] : []),
  ];
}
