import type { NetworkInterfaceInfo } from 'node:os';
import { LabError } from '#errors/lab-error.ts';
import { memberUrl, ownMachine } from './ports.ts';

/**
 * Where etcd is, as URLs. ETCD_ENDPOINTS (comma separated, scheme optional) wins; in production it is the container's gateway: the
 * container's own IPv4 address with the last octet 1 is Docker's bridge on the machine, and the machine's etcd listens on every
 * address at 12379; else this host. Throws LabError config.etcd when a production container has no IPv4 address.
 */
export function etcdEndpoints(
  env: Readonly<Record<string, string | undefined>>,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  const given = (env['ETCD_ENDPOINTS'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (given.length > 0) return given.map((part) => (part.includes('://') ? part : `http://${part}`));
  if (env['NODE_ENV'] !== 'production') return [ownMachine];
  const own = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .find((info) => info.family === 'IPv4' && !info.internal);
  if (!own) {
    throw new LabError({
      code: 'config.etcd',
      cause: 'this container has no IPv4 address of its own, so etcd’s address cannot be derived from it',
      next: 'run it on Docker’s bridge network, or set ETCD_ENDPOINTS=http://ADDRESS:2379',
    });
  }
  return [memberUrl(own.address.replace(/\.\d+$/, '.1'))];
}
