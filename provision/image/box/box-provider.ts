/** What a box is for, as Vagrant names it. */
export type BoxProvider = 'libvirt' | 'virtualbox';
