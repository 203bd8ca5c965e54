import { mkdir } from 'node:fs/promises';
import type { Virsh } from './virsh.ts';

/** Makes the directory for the machines' disks a storage pool of the lab's libvirtd. Idempotent. */
export async function ensureStoragePool(
  virsh: Pick<Virsh, 'run'>,
  pool: { readonly name: string; readonly path: string },
): Promise<void> {
  await mkdir(pool.path, { recursive: true });
  const poolNames = async (...filter: string[]) =>
    (await virsh.run('pool-list', ...filter, '--name')).split('\n').map((line) => line.trim());
  if (!(await poolNames('--all')).includes(pool.name)) {
    await virsh.run('pool-define-as', pool.name, 'dir', '--target', pool.path);
  }
  if (!(await poolNames()).includes(pool.name)) await virsh.run('pool-start', pool.name);
}
