import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Virsh } from './virsh.ts';

type AskVirsh = Pick<Virsh, 'run'>;

/** Makes the lab's bridge a network of its libvirtd, under the name that the Vagrantfile uses. Idempotent. */
export async function ensureMachineNetwork(
  virsh: AskVirsh,
  network: { readonly name: string; readonly bridge: string },
  runDir: string,
): Promise<void> {
  await ensure(virsh, 'net', network.name, async () => {
    const file = join(runDir, 'machine-network.xml');
    await writeFile(file, networkXml(network));
    await virsh.run('net-define', file);
  });
}

/** Makes the directory for the machines' disks a storage pool of the lab's libvirtd. Idempotent. */
export async function ensureStoragePool(
  virsh: AskVirsh,
  pool: { readonly name: string; readonly path: string },
): Promise<void> {
  await mkdir(pool.path, { recursive: true });
  await ensure(virsh, 'pool', pool.name, () => virsh.run('pool-define-as', pool.name, 'dir', '--target', pool.path));
}

/** Has libvirtd know an object of this kind, and run it (virsh(1), KIND-list and KIND-start). */
async function ensure(
  virsh: AskVirsh,
  kind: 'net' | 'pool',
  name: string,
  define: () => Promise<unknown>,
): Promise<void> {
  const isListed = async (...filter: string[]) =>
    (await virsh.run(`${kind}-list`, ...filter, '--name')).split('\n').some((line) => line.trim() === name);
  if (!(await isListed('--all'))) await define();
  if (!(await isListed())) await virsh.run(`${kind}-start`, name);
}

/** Network XML format (libvirt), "Using an existing host bridge". */
function networkXml({ name, bridge }: { readonly name: string; readonly bridge: string }): string {
  return `<network><name>${name}</name><forward mode="bridge"/><bridge name="${bridge}"/></network>\n`;
}
