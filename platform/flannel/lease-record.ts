import { z } from 'zod';
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

const leaseValue = z.object({
  PublicIP: z.string().refine(isIpv4, 'is no IPv4 address'),
  BackendType: z.string(),
  BackendData: z
    .object({
      VtepMAC: z
        .string()
        .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i, 'is no MAC address')
        .optional(),
    })
    .nullish(),
});

/**
 * undefined for keys that are no IPv4 subnet's: somebody else's, left alone. A value that is no lease counts as none.
 * @param onBad told what is wrong with it
 */
export function readLease(
  prefix: string,
  kv: Pick<KeyValue, 'key' | 'value'>,
  onBad: (problem: string) => void = () => undefined,
): SubnetLease | undefined {
  const directory = `${prefix}/subnets/`;
  const subnet = kv.key.startsWith(directory) ? subnetOf(kv.key.slice(directory.length), '-') : undefined;
  if (!subnet) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(kv.value);
  } catch {
    onBad('is no JSON');
    return undefined;
  }
  const read = leaseValue.safeParse(json);
  if (!read.success) {
    onBad(read.error.issues.map(({ path, message }) => [...path.map(String), message].join(' ')).join('; '));
    return undefined;
  }
  const { PublicIP: publicIp, BackendType: backend, BackendData: data } = read.data;
  return { subnet, publicIp, backend, vtepMac: data?.VtepMAC };
}
