import { join } from 'node:path';

/**
 * Where libvirtd keeps its configuration, state, cache, log and sockets. The lab lays directories of its own over them, in its
 * mount namespace; on a host without libvirtd they are made for that, and stay behind empty.
 */
export const libvirtPlaces = [
  '/etc/libvirt',
  '/var/lib/libvirt',
  '/var/cache/libvirt',
  '/var/log/libvirt',
  '/run/libvirt',
] as const;

/** The socket of the lab's own libvirtd, connected to only; seen from the host as from the lab's namespaces. */
export function libvirtSocket({ runDir }: { readonly runDir: string }): string {
  return join(runDir, 'libvirt/libvirt-sock');
}

/** What `virsh` connects to. */
export function libvirtUri(paths: { readonly runDir: string }): string {
  return `qemu+unix:///system?socket=${libvirtSocket(paths)}`;
}
