import { z } from 'zod';
import { LabError } from '../../errors/lab-error.ts';
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
      next: `etcdctl set /coreos.com/network/config '{"Network":"10.1.0.0/16","Backend":{"Type":"host-gw"}}'`,
    });
  const raw = parse(json, bad);
  const network = subnetOf(raw.Network);
  if (!network) throw bad('Network is not a subnet such as 10.1.0.0/16');
  const subnetLength = raw.SubnetLen ?? Math.max(24, network.length + 1);
  if (subnetLength <= network.length || subnetLength > 30) {
    throw bad(`SubnetLen must be a whole number from ${network.length + 1} to 30`);
  }
  const step = size(subnetLength);
  const bound = (name: 'SubnetMin' | 'SubnetMax', otherwise: number): number => {
    const given = raw[name];
    if (given === undefined || given === '') return otherwise;
    const base = addressOf(given);
    if (base === undefined || base % step !== 0 || !contains(network, { base, length: subnetLength })) {
      throw bad(`${name} is not the address of a /${subnetLength} inside ${raw.Network}`);
    }
    return base;
  };
  const first = bound('SubnetMin', network.base + step);
  const last = bound('SubnetMax', network.base + size(network.length) - step);
  if (first > last) throw bad('SubnetMin is above SubnetMax');
  return { network, subnetLength, first, last, backend: readBackend(raw.Backend, where) };
}

function readBackend(raw: RawConfig['Backend'], where: string): BackendConfig {
  // flannel's numbers on Linux: VNI 1, UDP port 8472.
  if (raw?.Type === 'vxlan') return { type: raw.Type, vni: raw.VNI ?? 1, port: raw.Port ?? 8472 };
  if (raw?.Type === 'host-gw') return { type: raw.Type };
  throw new LabError({
    code: 'unbuilt.flannel-backend',
    cause: `${where}: Backend.Type ${JSON.stringify(raw?.Type ?? 'udp (the default)')} is not built`,
    next: 'use {"Backend":{"Type":"host-gw"}} or {"Backend":{"Type":"vxlan"}}',
  });
}

/** Bounds of the numbers: 24 bits of VNI (RFC 7348), a UDP port. */
const rawConfig = z.object({
  Network: z.string('is not a subnet such as 10.1.0.0/16'),
  SubnetLen: z.int('must be a whole number').optional(),
  SubnetMin: z.string().optional(),
  SubnetMax: z.string().optional(),
  Backend: z
    .object({
      Type: z.string().optional(),
      VNI: z.int().min(1).max(0xffffff).optional(),
      Port: z.int().min(1).max(0xffff).optional(),
    })
    .nullish(),
});
type RawConfig = z.infer<typeof rawConfig>;

function parse(json: string, bad: (what: string) => LabError): RawConfig {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw bad('not a JSON object');
  }
  const read = rawConfig.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw bad(
    issue === undefined || issue.path.length === 0 ? 'not a JSON object' : `${issue.path.join('.')} ${issue.message}`,
  );
}
