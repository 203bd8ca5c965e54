import * as z from 'zod/mini';
import { linkOf, macOf, runAll, type Backend } from './backend.ts';
import { addressText, type Subnet } from './ipv4.ts';
import type { SubnetLease } from './lease-record.ts';
import type { NetworkConfig } from './network-config.ts';
import { planRoutes, readRoutes } from './routes.ts';
import { readRows, type Run } from './run-command.ts';

/**
 * Backend `vxlan`, as flannel lays it out: one interface `flannel.VNI` with the .0 of the own subnet; per peer a permanent neighbour
 * (its .0 has its MAC), a forwarding entry (that MAC is behind its address) and an onlink route. Nothing is learned.
 */
export function vxlan(
  config: NetworkConfig,
  host: { iface: string; publicIp: string; vni: number; port: number },
  run: Run,
): Backend {
  const device = `flannel.${host.vni}`;
  return {
    async prepare() {
      const exists = await linkOf(run, device).then(
        () => true,
        () => false,
      );
      if (!exists) {
        const where = ['id', `${host.vni}`, 'local', host.publicIp, 'dev', host.iface, 'dstport', `${host.port}`];
        await run('ip', ['link', 'add', device, 'type', 'vxlan', ...where, 'nolearning']);
      }
      const outer = await linkOf(run, host.iface);
      await run('ip', ['link', 'set', device, 'mtu', `${outer.mtu - headerBytes}`]);
      return { mtu: outer.mtu - headerBytes, vtepMac: await macOf(run, device) };
    },
    async start(own) {
      await run('ip', ['address', 'replace', `${addressText(own.base)}/32`, 'dev', device]);
      await run('ip', ['link', 'set', device, 'up']);
    },
    async apply(own, leases) {
      const neighbours = readNeighbours(await run('ip', ['-j', '-4', 'neigh', 'show', 'dev', device]));
      const current = readRoutes(await run('ip', ['-j', '-4', 'route', 'show', 'dev', device]));
      const routes = planRoutes(config, own, leases, current, (via) => ['via', via, 'dev', device, 'onlink']);
      return runAll(run, [...planPeers(device, own, leases, neighbours), ...routes.map((args) => ['ip', ...args])]);
    },
  };
}

/** Outer Ethernet, IPv4, UDP and VXLAN headers (RFC 7348). */
const headerBytes = 50;

interface Neighbour {
  readonly address: string;
  readonly mac: string;
}

/** Neighbour and forwarding entries for the peers there are, and none for those that went. Pure. */
function planPeers(
  device: string,
  own: Subnet,
  leases: readonly SubnetLease[],
  current: readonly Neighbour[],
): string[][] {
  const peers = leases.flatMap(({ subnet, publicIp, vtepMac: mac }) =>
    subnet.base === own.base || mac === undefined ? [] : [{ address: addressText(subnet.base), mac, publicIp }],
  );
  const wanted = new Map(peers.map(({ address, mac }) => [address, mac]));
  const known = new Map(current.map(({ address, mac }) => [address, mac]));
  const stale = current.filter(({ address, mac }) => wanted.get(address) !== mac);
  return [
    ...stale.map(({ mac }) => ['bridge', 'fdb', 'del', mac, 'dev', device]),
    ...stale
      .filter(({ address }) => !wanted.has(address))
      .map(({ address }) => ['ip', 'neigh', 'del', address, 'dev', device]),
    ...peers.flatMap(({ address, mac, publicIp }) => {
      // The forwarding entry is replaced each time: the machine's own address may have changed, the list does not show it.
      const forward = ['bridge', 'fdb', 'replace', mac, 'dev', device, 'dst', publicIp, 'self', 'permanent'];
      if (known.get(address) === mac) return [forward];
      return [['ip', 'neigh', 'replace', address, 'lladdr', mac, 'dev', device, 'nud', 'permanent'], forward];
    }),
  ];
}

const neighbourRow = z.object({
  dst: z.string(),
  lladdr: z.optional(z.string()),
  state: z.optional(z.array(z.string())),
});

/** `ip -j -4 neigh show dev DEVICE`: the permanent ones, which are ours. */
export function readNeighbours(json: string): Neighbour[] {
  return readRows(json, neighbourRow).flatMap(({ dst, lladdr, state }) =>
    lladdr !== undefined && state?.includes('PERMANENT') ? [{ address: dst, mac: lladdr }] : [],
  );
}
