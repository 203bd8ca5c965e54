import { networkInterfaces } from 'node:os';
import { parseArgs } from 'node:util';
import { LabError } from '#errors/lab-error.ts';
import { defaultFlannelPrefix } from '../etcd/keys/flannel-keys.ts';
import { ownMachine } from '../etcd/ports.ts';
import { readNetworkConfig } from './network-config.ts';
import { isIpv4 } from './ipv4.ts';

export interface FlannelOptions {
  readonly etcdEndpoints: string[];
  /** Without a slash at the end. */
  readonly etcdPrefix: string;
  readonly iface: string;
  readonly publicIp: string;
  readonly subnetFile: string;
  /** JSON, checked. */
  readonly defaultConfig: string | undefined;
  readonly ipMasq: boolean;
}

/** Reads the command line (flag names of the real flanneld). Throws `usage.flanneld…` on anything it cannot mean. */
export function readOptions(argv: string[], interfaces = networkInterfaces): FlannelOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const iface = values.iface ?? 'host0';
  const publicIp = values['public-ip'] ?? interfaceAddress(iface, interfaces());
  if (!isIpv4(publicIp)) throw bad(`--public-ip ${publicIp} is not an IPv4 address`);
  if (values['default-config'] !== undefined) readNetworkConfig(values['default-config'], '--default-config');
  return {
    etcdEndpoints: (values['etcd-endpoints'] ?? ownMachine).split(',').filter((url) => url !== ''),
    etcdPrefix: (values['etcd-prefix'] ?? defaultFlannelPrefix).replace(/\/+$/, ''),
    iface,
    publicIp,
    subnetFile: values['subnet-file'] ?? '/run/flannel/subnet.env',
    defaultConfig: values['default-config'],
    ipMasq: values['ip-masq'] ?? false,
  };
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        'etcd-endpoints': { type: 'string' },
        'etcd-prefix': { type: 'string' },
        iface: { type: 'string' },
        'public-ip': { type: 'string' },
        'subnet-file': { type: 'string' },
        'default-config': { type: 'string' },
        'ip-masq': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function interfaceAddress(iface: string, interfaces: ReturnType<typeof networkInterfaces>): string {
  const address = interfaces[iface]?.find((entry) => entry.family === 'IPv4')?.address;
  if (address === undefined) throw bad(`interface ${iface} has no IPv4 address, and --public-ip is not given`);
  return address;
}

function bad(cause: string): LabError {
  return new LabError({ code: 'usage.flanneld', cause, next: 'flanneld --help' });
}
