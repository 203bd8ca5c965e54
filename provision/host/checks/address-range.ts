import { formatAddress, overlap, parseAddress, parseNetwork, type Ipv4Network } from '../../config/ipv4.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import { type Check, fail, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';

/**
 * Whether the lab's networks are free on this host. A wider network of the host (docker0's 172.17.0.0/16, a VPN's
 * 10.0.0.0/8) only loses the lab's addresses while the lab exists, for the more specific route wins; one as narrow or
 * narrower would be torn in two.
 */
export const addressRange: Check = {
  id: 'address-range',
  title: 'Address range',
  run(probe, config) {
    const own = `lab-${config.name}`;
    const taken = hostNetworks(probe).filter((network) => network.interface !== own);
    const conflicts = labNetworks(config).flatMap((lab) => taken.flatMap((host) => conflict(probe, lab, host)));
    const fix =
      'set range, bridge, first_machine, host (and flannel) under [network] in lab.toml to a free private network';
    const worst = conflicts.find(({ blocks }) => blocks) ?? conflicts[0];
    if (!worst) return ok(`${config.network.cidr} and ${config.network.flannelCidr} are free`);
    const detail = [...new Set([worst, ...conflicts].map(({ text }) => text))].join('; ');
    return worst.blocks ? fail(detail, fix) : warn(detail, `nothing, or ${fix}`);
  },
};

interface Named {
  readonly text: string;
  readonly network: Ipv4Network;
}

interface HostNetwork extends Named {
  readonly interface: string;
  readonly what: 'address' | 'route' | 'gateway';
}

function labNetworks({ network }: LabConfig): readonly Named[] {
  return [network.cidr, network.flannelCidr].flatMap((text) => {
    const parsed = parseNetwork(text);
    return parsed ? [{ text, network: parsed }] : [];
  });
}

function conflict(probe: HostProbe, lab: Named, host: HostNetwork): { blocks: boolean; text: string }[] {
  if (!overlap(lab.network, host.network)) return [];
  const where = `${host.text} on ${host.interface}`;
  // Before the gateways: another lab's machines are those of its containers' routes.
  if (host.interface.startsWith('lab-')) {
    const text = `another lab, ${host.interface.slice(4)}, is up in ${lab.text}: the host reaches only one of the two`;
    return [{ blocks: false, text }];
  }
  if (host.what === 'gateway') return [{ blocks: true, text: `the host's gateway ${where} lies in ${lab.text}` }];
  if (host.network.prefixLength >= lab.network.prefixLength) {
    return [{ blocks: true, text: `${where} is inside the lab's ${lab.text}` }];
  }
  const text = `${where} contains the lab's ${lab.text}: those addresses are the lab's while it exists${inUse(probe, lab, host)}`;
  return [{ blocks: false, text }];
}

/** Those of the lab's addresses that somebody has there now, such as a container of the host's Docker. */
function inUse(probe: HostProbe, lab: Named, host: HostNetwork): string {
  const found = (probe.read('/proc/net/arp') ?? '').split('\n').flatMap((line) => {
    const [text = '', , flags, , , device] = line.split(/\s+/);
    const address = device === host.interface && flags !== '0x0' ? parseAddress(text) : undefined;
    if (address === undefined) return [];
    return address >= lab.network.base && address < lab.network.base + lab.network.size ? [text] : [];
  });
  return found.length === 0 ? '' : `, and ${found.join(', ')} of the host cannot be reached meanwhile`;
}

function hostNetworks(probe: HostProbe): readonly HostNetwork[] {
  const addresses = probe.interfaces().flatMap(({ name, cidr }): HostNetwork[] => {
    const [address = '', prefix = ''] = cidr.split('/');
    const found = networkAround(parseAddress(address), Number(prefix));
    return found && name !== 'lo' ? [{ interface: name, what: 'address', ...found }] : [];
  });
  const known = new Set(addresses.map(({ text }) => text));
  return [...addresses, ...routes(probe.read('/proc/net/route') ?? '').filter(({ text }) => !known.has(text))];
}

function networkAround(address: number | undefined, prefixLength: number): Named | undefined {
  // Two routes of one bit are how a VPN writes its default route.
  if (address === undefined || !(prefixLength >= 2 && prefixLength <= 32)) return undefined;
  const size = 2 ** (32 - prefixLength);
  const base = address - (address % size);
  return { text: `${formatAddress(base)}/${prefixLength}`, network: { base, prefixLength, size } };
}

/** /proc/net/route (proc_pid_net(5)): interface, destination, gateway, then the mask as eighth; `*` for a route that leads nowhere. */
function routes(table: string): readonly HostNetwork[] {
  return table.split('\n').flatMap((line): HostNetwork[] => {
    const [name, to, by, , , , , bits] = line.trim().split(/\s+/);
    const [destination, hop, mask] = [to, by, bits].map((word) => (word === undefined ? undefined : fromHex(word)));
    if (name === undefined || name === '*') return [];
    // The heading is no route.
    if (destination === undefined || hop === undefined || mask === undefined) return [];
    const prefixLength = [...mask.toString(2)].filter((bit) => bit === '1').length;
    const route = networkAround(destination, prefixLength);
    const via = hop === 0 ? undefined : networkAround(hop, 32);
    return [
      ...(route ? [{ interface: name, what: 'route', ...route } as const] : []),
      ...(via ? [{ interface: name, what: 'gateway', ...via } as const] : []),
    ];
  });
}

/** An address as the tables of /proc/net write it: eight hex digits in the byte order of the machine (little endian). */
export function fromHex(text: string): number | undefined {
  return /^[0-9A-F]{8}$/i.test(text) ? Buffer.from(text, 'hex').readUInt32LE() : undefined;
}
