import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Virsh } from './virsh.ts';

/** Makes the lab's bridge a network of its libvirtd, under the name that the Vagrantfile uses. Idempotent. */
export async function ensureMachineNetwork(
  virsh: Pick<Virsh, 'run'>,
  network: { readonly name: string; readonly bridge: string },
  runDir: string,
): Promise<void> {
  const networkNames = async (...filter: string[]) =>
    (await virsh.run('net-list', ...filter, '--name')).split('\n').map((line) => line.trim());
  if (!(await networkNames('--all')).includes(network.name)) {
    const file = join(runDir, 'machine-network.xml');
    await writeFile(file, networkXml(network));
    await virsh.run('net-define', file);
  }
  if (!(await networkNames()).includes(network.name)) await virsh.run('net-start', network.name);
}

/** Network XML format (libvirt), "Using an existing host bridge". */
function networkXml({ name, bridge }: { readonly name: string; readonly bridge: string }): string {
  return `<network><name>${name}</name><forward mode="bridge"/><bridge name="${bridge}"/></network>\n`;
}
