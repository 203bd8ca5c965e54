import { LabError } from '#errors/lab-error.ts';
import { flannelKeys } from '../etcd/keys/flannel-keys.ts';
import { jsonOf } from '../etcd/wire.ts';
import { backendKeys, readBackend, type BackendConfig } from './backend-config.ts';
import { membersOf } from './json-members.ts';
import { addressOf, contains, size, subnetOf, subnetText, type Subnet } from './ipv4.ts';

export interface NetworkConfig {
  readonly network: Subnet;
  /** Prefix length of one machine's subnet. */
  readonly subnetLength: number;
  /** First and last subnet (network addresses) that may be leased. */
  readonly first: number;
  readonly last: number;
  readonly backend: BackendConfig;
}

/** Keys of flannel's later versions, which say nothing here as long as they are off. */
const later = {
  EnableIPv4: true,
  EnableIPv6: false,
  EnableNFTables: false,
  IPv6Network: '',
  IPv6SubnetLen: 0,
  IPv6SubnetMin: '',
  IPv6SubnetMax: '',
};
const known = ['Network', 'SubnetLen', 'SubnetMin', 'SubnetMax', 'Backend', ...Object.keys(later)];

/**
 * Reads flannel's network configuration (flannel documentation "Configuration"): Network, SubnetLen (default 24, or one more than
 * the network's), SubnetMin (default: the second subnet, as in flannel), SubnetMax, Backend. Keys are taken in any case of letters, as
 * flannel's own reader does. `where` names the source in errors (`config.flannel`): unknown keys among them, with what was meant.
 * Backend types other than host-gw and vxlan, and IPv6: `unbuilt.flannel-backend`.
 */
export function readNetworkConfig(json: string, where: string): NetworkConfig {
  const bad = (what: string) =>
    new LabError({
      code: 'config.flannel',
      cause: `${where}: ${what}`,
      evidence: [json],
      next: `etcdctl set ${flannelKeys().config} '{"Network":"10.1.0.0/16","Backend":{"Type":"host-gw"}}'`,
    });
  const raw = membersOf(jsonOf(json), known, '', backendKeys, bad);
  for (const [key, off] of Object.entries(later)) {
    const given = raw.get(key);
    if (given !== undefined && given !== null && given !== off) throw bad(`${key} is not built: IPv4 only, by routes`);
  }
  const given = raw.get('Network');
  const network = typeof given === 'string' ? subnetOf(given) : undefined;
  if (!network) throw bad(`Network is not a subnet such as 10.1.0.0/16${shown(given)}`);
  const subnetLength = raw.get('SubnetLen') ?? Math.max(24, network.length + 1);
  if (
    typeof subnetLength !== 'number' ||
    !Number.isInteger(subnetLength) ||
    subnetLength <= network.length ||
    subnetLength > 30
  ) {
    throw bad(`SubnetLen must be a whole number from ${network.length + 1} to 30${shown(subnetLength)}`);
  }
  const step = size(subnetLength);
  const bound = (name: 'SubnetMin' | 'SubnetMax', otherwise: number): number => {
    const value = raw.get(name);
    if (value === undefined || value === null || value === '') return otherwise;
    const base = typeof value === 'string' ? addressOf(value) : undefined;
    if (base === undefined || base % step !== 0 || !contains(network, { base, length: subnetLength })) {
      throw bad(`${name} is not the address of a /${subnetLength} inside ${subnetText(network)}${shown(value)}`);
    }
    return base;
  };
  const first = bound('SubnetMin', network.base + step);
  const last = bound('SubnetMax', network.base + size(network.length) - step);
  if (first > last) throw bad('SubnetMin is above SubnetMax');
  return { network, subnetLength, first, last, backend: readBackend(raw.get('Backend'), where, bad) };
}

function shown(value: unknown): string {
  return value === undefined ? '' : `, not ${JSON.stringify(value)}`;
}
