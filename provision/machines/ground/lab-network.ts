import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { SupervisorSpec } from './supervisor-spec.ts';

/** Bridge of the lab, inside its own network namespace. */
export const bridge = 'brlab';

const arpRetryMs = 50;

/**
 * Builds the lab's network inside the current network namespace: one bridge and no uplink, so that nothing of the
 * lab can reach any other network. The first ARP request to a booting machine is lost; the default retry of 1 s
 * would cost up to a second per peer, hence the short retry time.
 *
 * A bridge whose address nobody has set takes the lowest of its ports', and another one when that port goes: all machines would look for the registry and
 * the DNS where a machine was that has just been halted, for up to 40 s (`br_stp_recalculate_bridge_id`, Linux).
 *
 * br_netfilter, which Docker loads on the host at any time, has bridged packets pass iptables in every network namespace. It
 * asks the rules of the bridge's own one, where there are none: a host that forwards nothing (any Docker host) does not matter.
 */
export async function setUpLabNetwork(network: SupervisorSpec['network']): Promise<void> {
  const ip = (...args: string[]) => execa('ip', args);
  await ip('link', 'set', 'lo', 'up');
  const address = linkAddress(network.bridgeAddress);
  await ip('link', 'add', bridge, 'address', address, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
  await ip('addr', 'add', `${network.bridgeAddress}/${network.prefixLength}`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  await ip('route', 'add', 'unreachable', 'default', 'metric', '4294967295');
  await writeFile(`/proc/sys/net/ipv4/neigh/${bridge}/retrans_time_ms`, String(arpRetryMs));
}

/** A locally administered address (IEEE 802) that has the IPv4 address in it. */
function linkAddress(ipv4: string): string {
  const bytes = ipv4.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}

/** Host-side name of a machine's network link; systemd-nspawn names it after the machine, 15 characters at most. */
export function machineLink(machine: string): string {
  return `vb-${machine}`.slice(0, 15);
}

/**
 * Takes a dead machine's link away. Its network namespace can outlive it by minutes (sockets that still retransmit what
 * nobody will acknowledge hold it), and with it a link of the name that the machine's next boot needs.
 */
export async function removeMachineLink(machine: string): Promise<void> {
  await execa('ip', ['link', 'delete', machineLink(machine)], { reject: false });
}
