/** Where things lie on a disk: GPT, GRUB's core in a partition of its own, one root file system. Sectors of 512 bytes. */
export interface DiskLayout {
  readonly bytes: number;
  readonly bootSector: number;
  readonly bootSectors: number;
  readonly rootSector: number;
  readonly rootSectors: number;
}

export const sectorBytes = 512;
const mib = 1024 * 1024;
const sectorsPerMib = mib / sectorBytes;

/** The backup of the partition table takes the last 33 sectors; the file system ends on the MiB before it. */
export function diskLayout(sizeGiB: number): DiskLayout {
  const sizeMib = sizeGiB * 1024;
  return {
    bytes: sizeMib * mib,
    bootSector: sectorsPerMib,
    bootSectors: sectorsPerMib,
    rootSector: 2 * sectorsPerMib,
    rootSectors: (sizeMib - 3) * sectorsPerMib,
  };
}

/**
 * The same as sfdisk(8) reads it. The first type is GRUB's "BIOS boot partition" (GRUB manual, "BIOS installation"), the
 * second "Linux root (x86-64)" of the Discoverable Partitions Specification.
 */
export function partitionTable(layout: DiskLayout): string {
  const { bootSector, bootSectors, rootSector, rootSectors } = layout;
  return [
    'label: gpt',
    'unit: sectors',
    `start=${bootSector}, size=${bootSectors}, type=21686148-6449-6E6F-744E-656564454649, name=bios`,
    `start=${rootSector}, size=${rootSectors}, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name=root`,
    '',
  ].join('\n');
}
