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
