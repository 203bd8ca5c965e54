import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import type { NetworkConfig } from '../../config/lab-config.ts';

const arpRetryMs = 50;

/** Of what `ip -json address show` prints. */
const linkAddresses = z.array(
  z.object({ ifname: z.string(), addr_info: z.array(z.object({ local: z.string().optional() })) }),
);

/** The interface, other than the lab's own link, that already has the address which the host is to have in the lab's network. */
export async function addressHolder(
  link: string,
  network: Pick<NetworkConfig, 'hostAddress'>,
): Promise<string | undefined> {
  const { stdout } = await execa('ip', ['-json', 'address', 'show']);
  return linkAddresses
    .parse(JSON.parse(stdout))
    .find(({ ifname, addr_info }) => ifname !== link && addr_info.some(({ local }) => local === network.hostAddress))
    ?.ifname;
}

/** @throws LabError `busy.range` when another lab (or anything else) of this host already has the address */
export async function checkAddressFree(link: string, network: NetworkConfig): Promise<void> {
  const holder = await addressHolder(link, network);
  if (holder === undefined) return;
  throw new LabError({
    code: 'busy.range',
    cause: `${network.hostAddress} of the lab's range ${network.cidr} is already taken by interface ${holder}`,
    next: 'end what has it (lab list, for a lab), or move this one: [network] range in lab.toml',
  });
}

/**
 * Connects the host to the lab's bridge by one veth pair, which the kernel removes with the lab's network namespace.
 * Idempotent.
 * @param namespacePid a process inside the lab's network namespace
 */
export async function connectHost(
  link: string,
  network: NetworkConfig,
  namespacePid: number,
  bridge: string,
): Promise<void> {
  const inLab = (...args: string[]) => execa('nsenter', ['-t', String(namespacePid), '-n', 'ip', ...args]);
  const peer = 'host';
  if (!existsSync(`/sys/class/net/${link}`)) {
    await execa('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', peer, 'netns', String(namespacePid)]);
  }
  await inLab('link', 'set', peer, 'master', bridge, 'up');
  await execa('ip', ['addr', 'replace', `${network.hostAddress}/${network.prefixLength}`, 'dev', link]);
  await execa('ip', ['link', 'set', link, 'up']);
  await writeFile(`/proc/sys/net/ipv4/neigh/${link}/retrans_time_ms`, String(arpRetryMs));
}

/** Takes the host's end of the lab's link away, if it is there. */
export async function disconnectHost(link: string): Promise<void> {
  if (existsSync(`/sys/class/net/${link}`)) await execa('ip', ['link', 'del', link], { reject: false });
}
