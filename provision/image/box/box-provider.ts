/** Who can run a box. */
export type BoxProvider = 'libvirt' | 'virtualbox';
