import { isIPv4 } from 'node:net';
import { didYouMean } from '#errors/nearest.ts';
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

/** The names of flannel's keys below a prefix, which ends without a slash. Pure. */
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

/**
 * The value of a lease's key. Pure.
 * @param vni of backend vxlan
 */
export function writeFlannelLease(lease: FlannelLease, vni?: number): string {
  const data = lease.vtepMac === undefined ? {} : { BackendData: { VNI: vni, VtepMAC: lease.vtepMac } };
  return JSON.stringify({ PublicIP: lease.publicIp, BackendType: lease.backend, ...data });
}

/** What is wrong with a key or its value; `isTaken`: it is a lease all the same. */
export type OddLease = (problem: string, isTaken: boolean) => void;

/**
 * A lease and whose subnet it is (`cidr`: `10.1.5.0/24`). Undefined for keys and values that are no lease of an IPv4 subnet:
 * somebody else's, left alone. Names in the value are taken in any case of letters, as flannel's own reader does.
 * @param onOdd told why a value is no lease, which key of it nobody knows, and of a key that was meant for a subnet's
 */
export function readFlannelLease(
  keys: FlannelKeys,
  { key, value }: { readonly key: string; readonly value: string },
  onOdd: OddLease = () => undefined,
): (FlannelLease & { readonly cidr: string }) | undefined {
  const cidr = leasedCidr(keys, key);
  if (cidr === undefined) {
    const isMeant = key.startsWith(keys.subnets) && /^[\d.]+[-_/:]\d+$/.test(key.slice(keys.subnets.length));
    if (isMeant) onOdd('the key names no subnet, as 10.1.5.0-24 does', false);
    return undefined;
  }
  const read = leaseIn(value);
  if ('problem' in read) {
    onOdd(read.problem, false);
    return undefined;
  }
  for (const named of read.unknown) onOdd(named, true);
  return { cidr, ...read.lease };
}

/** Of the original, to its last version. */
const leaseNames = ['PublicIP', 'PublicIPv6', 'BackendType', 'BackendData', 'BackendV6Data'];

function leaseIn(value: string): { lease: FlannelLease; unknown: string[] } | { problem: string } {
  const raw = fields(jsonOf(value));
  if (raw === undefined) return { problem: 'is no JSON object' };
  const known = new Map<string, unknown>();
  const unknown: string[] = [];
  for (const [given, member] of Object.entries(raw)) {
    const name = leaseNames.find((one) => one.toLowerCase() === given.toLowerCase());
    if (name === undefined) unknown.push(`unknown key ${given}${didYouMean(given, leaseNames)}`);
    else known.set(name, member);
  }
  const bad = (problem: string) => ({ problem: [problem, ...unknown].join('; ') });
  const publicIp = known.get('PublicIP');
  const backend = known.get('BackendType') ?? '';
  if (typeof publicIp !== 'string' || !isIPv4(publicIp)) return bad('PublicIP is no IPv4 address');
  // Whoever reserves a subnet need not say the backend.
  if (typeof backend !== 'string') return bad('BackendType is no text');
  const vtepMac = fields(known.get('BackendData'))?.['VtepMAC'];
  if (vtepMac === undefined) return { lease: { publicIp, backend, vtepMac }, unknown };
  const isMac = typeof vtepMac === 'string' && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(vtepMac);
  return isMac ? { lease: { publicIp, backend, vtepMac }, unknown } : bad('BackendData.VtepMAC is no MAC address');
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
