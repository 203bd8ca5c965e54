import { isIPv4 } from 'node:net';
import { fields, jsonOf } from '../wire.ts';

/** Where flannel keeps things in etcd v3: the layout of the original (flannel documentation, "etcd"). */
export interface FlannelKeys {
  /** JSON: the network's configuration. */
  readonly config: string;
  /** All leases, as a prefix. */
  readonly subnets: string;
  /** A machine's lease. @param cidr its subnet, `10.1.5.0/24` */
  lease(cidr: string): string;
}

/** Without a slash at the end, as flanneld's `--etcd-prefix` has it. */
export const defaultFlannelPrefix = '/coreos.com/network';

/** How long flannel leases a subnet: the original's 24 h. */
export const subnetLeaseSeconds = 24 * 3600;

export function flannelKeys(prefix: string = defaultFlannelPrefix): FlannelKeys {
  const subnets = `${prefix}/subnets/`;
  return { config: `${prefix}/config`, subnets, lease: (cidr) => `${subnets}${cidr.replace('/', '-')}` };
}

/** What a machine writes under its lease's key. */
export interface FlannelLease {
  /** The machine's own address. */
  readonly publicIp: string;
  /** `host-gw`, `vxlan`. */
  readonly backend: string;
  /** vxlan: the MAC of the machine's flannel interface. */
  readonly vtepMac: string | undefined;
}

export function writeFlannelLease(lease: FlannelLease, vni?: number): string {
  const data = lease.vtepMac === undefined ? {} : { BackendData: { VNI: vni, VtepMAC: lease.vtepMac } };
  return JSON.stringify({ PublicIP: lease.publicIp, BackendType: lease.backend, ...data });
}

/**
 * A lease and whose subnet it is (`cidr`: `10.1.5.0/24`). Undefined for keys and values that are no lease of an IPv4 subnet:
 * somebody else's, left alone.
 * @param onBad told why the value under a subnet's key is no lease
 */
export function readFlannelLease(
  keys: FlannelKeys,
  { key, value }: { readonly key: string; readonly value: string },
  onBad: (problem: string) => void = () => undefined,
): (FlannelLease & { readonly cidr: string }) | undefined {
  const cidr = leasedCidr(keys, key);
  if (cidr === undefined) return undefined;
  const read = leaseIn(value);
  if (!('problem' in read)) return { cidr, ...read };
  onBad(read.problem);
  return undefined;
}

function leaseIn(value: string): FlannelLease | { problem: string } {
  const raw = fields(jsonOf(value));
  if (raw === undefined) return { problem: 'is no JSON object' };
  const { PublicIP: publicIp, BackendType: backend = '' } = raw;
  if (typeof publicIp !== 'string' || !isIPv4(publicIp)) return { problem: 'PublicIP is no IPv4 address' };
  // Whoever reserves a subnet need not say the backend.
  if (typeof backend !== 'string') return { problem: 'BackendType is no text' };
  const vtepMac = fields(raw['BackendData'])?.['VtepMAC'];
  if (vtepMac === undefined) return { publicIp, backend, vtepMac };
  const isMac = typeof vtepMac === 'string' && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(vtepMac);
  return isMac ? { publicIp, backend, vtepMac } : { problem: 'BackendData.VtepMAC is no MAC address' };
}

/** The subnet that a lease's key names, `10.1.5.0/24`; undefined for a key that names no IPv4 subnet. */
export function leasedCidr(keys: FlannelKeys, key: string): string | undefined {
  return key.startsWith(keys.subnets) ? cidrOf(key.slice(keys.subnets.length)) : undefined;
}

/** `10.1.5.0-24` -> `10.1.5.0/24`; undefined for what is no subnet, or has host bits set. */
function cidrOf(name: string): string | undefined {
  const [, base = '', bits] = /^([\d.]+)-(\d{1,2})$/.exec(name) ?? [];
  const length = Number(bits);
  if (!isIPv4(base) || length > 32) return undefined;
  const address = base.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return address % 2 ** (32 - length) === 0 ? `${base}/${length}` : undefined;
}
