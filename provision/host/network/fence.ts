import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { mustHave } from '#errors/must-have.ts';
import { parseNetwork } from '../../config/ipv4.ts';
import type { NetworkConfig } from '../../config/lab-config.ts';
import { readText } from '../read-text.ts';
import { isSystemdHost } from '../systemd-host.ts';

type FenceNetwork = Pick<NetworkConfig, 'cidr' | 'flannelCidr'>;

const unitDir = '/etc/systemd/system';

/**
 * The fence: while the lab exists, a packet for one of its addresses that finds no lab dies on this host instead of
 * leaving by the default route. The connected route of the lab's link beats it by its metric while the lab is up. On a
 * systemd host it stands again after a reboot, before there is a network. Only what is missing is made.
 * @param link the lab's link; labs that share a range each have a fence of their own
 */
export async function raiseFence(link: string, network: FenceNetwork): Promise<void> {
  const { stdout } = await execa('ip', ['-json', 'route', 'show', 'type', 'unreachable']);
  for (const route of missingRoutes(link, network, stdout)) await execa('ip', ['route', 'replace', ...route]);
  if (isSystemdHost()) await raiseAtBoot(link, network);
}

/**
 * The same for commands that find the fence standing, as it mostly does: they look at the kernel's own table, which needs no process. What
 * stands there is not told apart by its protocol.
 */
export async function keepFence(link: string, network: FenceNetwork): Promise<void> {
  const table = (await readText('/proc/net/route')) ?? '';
  if (!standsIn(table, link, network)) return raiseFence(link, network);
  if (isSystemdHost()) await raiseAtBoot(link, network);
}

/** Whether all of its routes are there. Reads only. */
export async function fenceStands(link: string, network: FenceNetwork): Promise<boolean> {
  const { stdout } = await execa('ip', ['-json', 'route', 'show', 'type', 'unreachable']);
  return missingRoutes(link, network, stdout).length === 0;
}

/** Takes the fence away, its unit with it; what is not there is no error. */
export async function lowerFence(link: string, network: FenceNetwork): Promise<void> {
  const unit = unitFile(link);
  for (const file of [wantedLink(unit), unit]) await rm(file, { force: true });
  for (const route of fenceRoutes(link, network)) await execa('ip', ['route', 'del', ...route], { reject: false });
  // Of ranges that lab.toml had before, or that another checkout's has.
  await execa('ip', ['route', 'flush', ...everyFenceRoute(link)], { reject: false });
}

/**
 * Arguments of ip-route(8), without the verb. Two routes may differ by their metric alone, so the metric carries the lab's
 * name: among the weakest there are. systemd-networkd removes routes that are not its own when it starts, except the
 * kernel's (networkd.conf(5), ManageForeignRoutes=): these are said to be. Pure.
 */
export function fenceRoutes(link: string, network: FenceNetwork): string[][] {
  return [network.cidr, network.flannelCidr].map((cidr) => ['unreachable', cidr, ...own(link)]);
}

/** Arguments of `ip route flush` that select all routes of a lab's fence, whatever its ranges. Pure. */
export function everyFenceRoute(link: string): string[] {
  return ['type', 'unreachable', ...own(link)];
}

function own(link: string): string[] {
  const weakest = 0xffff_ffff;
  const ofName = createHash('sha256').update(link).digest().readUInt16BE();
  return ['metric', String(weakest - ofName), 'proto', 'kernel'];
}

/** ip(8) leaves out the metric 0 and the protocol `boot`. */
const unreachableRoutes = z.array(
  z.object({ dst: z.string(), metric: z.number().default(0), protocol: z.string().default('boot') }),
);

/**
 * Those of `fenceRoutes` that do not stand yet. Pure.
 * @param shown what `ip -json route show type unreachable` prints
 */
export function missingRoutes(link: string, network: FenceNetwork, shown: string): string[][] {
  const standing = unreachableRoutes
    .parse(JSON.parse(shown))
    .map(({ dst, metric, protocol }) =>
      ['unreachable', dst, 'metric', String(metric), 'proto', String(protocol)].join(' '),
    );
  return fenceRoutes(link, network).filter((route) => !standing.includes(route.join(' ')));
}

const rejects = 0x0200;

/**
 * Whether all of a lab's routes stand. Pure.
 * @param table text of /proc/net/route (proc_pid_net(5)): addresses in hexadecimal as a little-endian host has them, RTF_REJECT (route.h)
 *   for what leads nowhere
 */
export function standsIn(table: string, link: string, network: FenceNetwork): boolean {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  const standing = new Set(
    rows
      .filter(([, , , flags = '']) => (Number.parseInt(flags, 16) & rejects) !== 0)
      .map(([, destination, , , , , metric, mask]) => `${destination} ${mask} ${metric}`),
  );
  const [, metric] = own(link);
  return [network.cidr, network.flannelCidr].every((cidr) => {
    const { base, size } = mustHave(parseNetwork(cidr), `a network in ${cidr}`);
    return standing.has(`${littleEndian(base)} ${littleEndian(2 ** 32 - size)} ${metric}`);
  });
}

function littleEndian(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex').toUpperCase();
}

/** The unit that raises the fence at a boot of the host. Pure. */
export function fenceUnit(link: string, network: FenceNetwork): string {
  return [
    '[Unit]',
    `Description=Keeps packets for ${network.cidr} and ${network.flannelCidr} on this host (coreos-lab, ${link})`,
    'Documentation=man:ip-route(8)',
    'DefaultDependencies=no',
    'Wants=network-pre.target',
    'Before=network-pre.target shutdown.target',
    'Conflicts=shutdown.target',
    '',
    '[Service]',
    'Type=oneshot',
    ...fenceRoutes(link, network).map((route) => `ExecStart=/bin/ip route replace ${route.join(' ')}`),
    '',
    '[Install]',
    'WantedBy=sysinit.target',
    '',
  ].join('\n');
}

async function raiseAtBoot(link: string, network: FenceNetwork): Promise<void> {
  const unit = unitFile(link);
  const text = fenceUnit(link, network);
  // systemd would call for a reload each time that the file changes.
  if ((await readText(unit)) !== text) await writeFile(unit, text);
  const wanted = wantedLink(unit);
  if (existsSync(wanted)) return;
  await mkdir(dirname(wanted), { recursive: true });
  await rm(wanted, { force: true });
  await symlink(unit, wanted);
}

function unitFile(link: string): string {
  return join(unitDir, `coreos-${link}-fence.service`);
}

/** What `systemctl enable` would make; the unit is not loaded now, so nobody needs to be told. */
function wantedLink(unit: string): string {
  return join(unitDir, 'sysinit.target.wants', unit.slice(unitDir.length + 1));
}
