import { LabError } from '../../errors/lab-error.ts';
import { flannelKeys } from '../etcd/keys/flannel-keys.ts';
import { addressOf, contains, size, subnetOf } from './ipv4.ts';
import type { Subnet } from './ipv4.ts';

export interface NetworkConfig {
  network: Subnet;
  /** Prefix length of one machine's subnet. */
  subnetLength: number;
  /** First and last subnet (network addresses) that may be leased. */
  first: number;
  last: number;
  backend: BackendConfig;
}

export type BackendConfig = { type: 'host-gw' } | { type: 'vxlan'; vni: number; port: number };

/**
 * Reads flannel's network configuration (flannel documentation "Configuration"): Network, SubnetLen (default 24, or one more than
 * the network's), SubnetMin (default: the second subnet, as in flannel), SubnetMax, Backend. `where` names the source in errors
 * (`config.flannel`). Backend types other than host-gw and vxlan: `unbuilt.flannel-backend`.
 */
export function readNetworkConfig(json: string, where: string): NetworkConfig {
  const bad = (what: string) =>
    new LabError({
      code: 'config.flannel',
      cause: `${where}: ${what}`,
      evidence: [json],
      next: `etcdctl set ${flannelKeys().config} '{"Network":"10.1.0.0/16","Backend":{"Type":"host-gw"}}'`,
    });
  const raw = parse(json);
  if (!raw) throw bad('not a JSON object');
  const network = typeof raw.Network === 'string' ? subnetOf(raw.Network) : undefined;
  if (!network) throw bad('Network is not a subnet such as 10.1.0.0/16');
  const subnetLength = raw.SubnetLen ?? Math.max(24, network.length + 1);
  if (
    typeof subnetLength !== 'number' ||
    !Number.isInteger(subnetLength) ||
    subnetLength <= network.length ||
    subnetLength > 30
  ) {
    throw bad(`SubnetLen must be a whole number from ${network.length + 1} to 30`);
  }
  const step = size(subnetLength);
  const bound = (name: 'SubnetMin' | 'SubnetMax', otherwise: number): number => {
    const given = raw[name];
    if (given === undefined || given === '') return otherwise;
    const base = typeof given === 'string' ? addressOf(given) : undefined;
    if (base === undefined || base % step !== 0 || !contains(network, { base, length: subnetLength })) {
      throw bad(`${name} is not the address of a /${subnetLength} inside ${raw.Network as string}`);
    }
    return base;
  };
  const first = bound('SubnetMin', network.base + step);
  const last = bound('SubnetMax', network.base + size(network.length) - step);
  if (first > last) throw bad('SubnetMin is above SubnetMax');
  return { network, subnetLength, first, last, backend: readBackend(raw.Backend, where) };
}

type RawConfig = Partial<Record<'Network' | 'SubnetLen' | 'SubnetMin' | 'SubnetMax' | 'Backend', unknown>>;

function readBackend(raw: unknown, where: string): BackendConfig {
  const { Type: type, VNI: vni, Port: port } = (raw ?? {}) as { Type?: unknown; VNI?: unknown; Port?: unknown };
  // flannel's numbers on Linux: VNI 1, UDP port 8472.
  if (type === 'vxlan')
    return { type, vni: typeof vni === 'number' ? vni : 1, port: typeof port === 'number' ? port : 8472 };
  if (type === 'host-gw') return { type };
  throw new LabError({
    code: 'unbuilt.flannel-backend',
    cause: `${where}: Backend.Type ${JSON.stringify(type ?? 'udp (the default)')} is not built`,
    next: 'use {"Backend":{"Type":"host-gw"}} or {"Backend":{"Type":"vxlan"}}',
  });
}

function parse(json: string): RawConfig | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
