import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import { hostServicePlaces } from '../ground/host-service-places.ts';

/**
 * Lays an empty directory over each place where the host's services listen, in the supervisor's mount namespace. What runs in
 * the lab has PIDs of the lab's namespace, which mean other processes to the host: its machined moved an unrelated process
 * into a guest's scope when the lab's libvirtd found it on D-Bus. systemd-nspawn's locks and propagation directories, which
 * lie there too, so go with the lab.
 */
export async function hideHostServices(lab: string): Promise<void> {
  for (const place of hostServicePlaces) {
    await mkdir(place, { recursive: true });
    await execa('mount', ['-t', 'tmpfs', '-o', 'mode=0755', `coreos-lab-${lab}`, place]);
  }
}
