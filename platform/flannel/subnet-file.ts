import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { addressOf, addressText, size, subnetText, type Subnet } from './ipv4.ts';

/** What Docker's start reads: flannel's `subnet.env`. FLANNEL_SUBNET is the bridge's own address, the .1 of the subnet. */
export function renderSubnetFile(env: { network: Subnet; subnet: Subnet; mtu: number; ipMasq: boolean }): string {
  return [
    `FLANNEL_NETWORK=${subnetText(env.network)}`,
    `FLANNEL_SUBNET=${addressText(env.subnet.base + 1)}/${env.subnet.length}`,
    `FLANNEL_MTU=${env.mtu}`,
    `FLANNEL_IPMASQ=${env.ipMasq}`,
    '',
  ].join('\n');
}

/** The subnet named by an earlier file; undefined when it names none. */
export function subnetInFile(text: string): Subnet | undefined {
  const { bridge, digits } = /^FLANNEL_SUBNET=(?<bridge>[\d.]+)\/(?<digits>\d{1,2})$/m.exec(text)?.groups ?? {};
  if (bridge === undefined) return undefined;
  const address = addressOf(bridge);
  const length = Number(digits);
  if (address === undefined || length > 32) return undefined;
  return { base: address - (address % size(length)), length };
}

/** The subnet that a file says (/run/flannel/subnet.env); undefined where there is none, or no subnet in it. */
export async function readSubnetFile(path: string): Promise<Subnet | undefined> {
  return readFile(path, 'utf8').then(subnetInFile, () => undefined);
}

/** Atomically: whoever reads sees the old file or the new one. */
export async function writeSubnetFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
