import type { KeyValue } from '../etcd/store.ts';
import { isIpv4, subnetOf, subnetText } from './ipv4.ts';
import type { Subnet } from './ipv4.ts';

/** One machine's lease as flannel keeps it in etcd v3: key `PREFIX/subnets/10.1.5.0-24`, value JSON, a 24 h etcd lease. */
export interface SubnetLease {
  subnet: Subnet;
  publicIp: string;
  backend: string;
  /** vxlan: the MAC of the machine's flannel interface. */
  vtepMac: string | undefined;
}

export const leaseSeconds = 24 * 3600;

export function leaseKey(prefix: string, subnet: Subnet): string {
  return `${prefix}/subnets/${subnetText(subnet, '-')}`;
}

export function renderLease(lease: Omit<SubnetLease, 'subnet'>, vni?: number): string {
  const data = lease.vtepMac === undefined ? {} : { BackendData: { VNI: vni, VtepMAC: lease.vtepMac } };
  return JSON.stringify({ PublicIP: lease.publicIp, BackendType: lease.backend, ...data });
}

/** undefined for a key that names no IPv4 subnet. */
export function subnetInKey(prefix: string, key: string): Subnet | undefined {
  const directory = `${prefix}/subnets/`;
  return key.startsWith(directory) ? subnetOf(key.slice(directory.length), '-') : undefined;
}

/** undefined for keys and values that are no lease of an IPv4 subnet: somebody else's, left alone. */
export function readLease(prefix: string, kv: Pick<KeyValue, 'key' | 'value'>): SubnetLease | undefined {
  const subnet = subnetInKey(prefix, kv.key);
  if (!subnet) return undefined;
  try {
    const raw = JSON.parse(kv.value) as {
      PublicIP?: unknown;
      BackendType?: unknown;
      BackendData?: { VtepMAC?: unknown };
    };
    if (typeof raw.PublicIP !== 'string' || !isIpv4(raw.PublicIP)) return undefined;
    const mac = raw.BackendData?.VtepMAC;
    return {
      subnet,
      publicIp: raw.PublicIP,
      backend: typeof raw.BackendType === 'string' ? raw.BackendType : '',
      vtepMac: typeof mac === 'string' ? mac : undefined,
    };
  } catch {
    return undefined;
  }
}
