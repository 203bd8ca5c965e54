import { sectorBytes } from './layout.ts';

/**
 * GRUB's boot code for one disk, as grub-bios-setup writes it (which itself cannot write to an image file without a loop
 * device). Offsets: GRUB 2.06, include/grub/i386/pc/boot.h and grub-core/boot/i386/pc/{boot,diskboot}.S.
 * @param boot boot.img, one sector
 * @param core core.img as grub-mkimage made it
 * @param coreSector where core.img will lie on the disk
 * @returns what goes to byte 0 of the disk (before the disk's signature and partition entries) and to `coreSector`
 */
export function bootSectors(boot: Uint8Array, core: Uint8Array, coreSector: number): { code: Buffer; core: Buffer } {
  if (boot.length !== sectorBytes) throw new RangeError(`boot.img has ${boot.length} bytes, not ${sectorBytes}`);
  if (core.length <= sectorBytes) throw new RangeError(`core.img has only ${core.length} bytes`);
  const code = Buffer.from(boot.subarray(0, diskSignatureAt));
  code.writeBigUInt64LE(BigInt(coreSector), kernelSectorAt);
  // Two no-ops in place of a jump that distrusts the drive number of the BIOS: it is right on every hard disk.
  code.writeUInt16LE(0x9090, driveCheckAt);

  const patched = Buffer.from(core);
  patched.writeBigUInt64LE(BigInt(coreSector + 1), blockListAt);
  patched.writeUInt16LE(Math.ceil(core.length / sectorBytes) - 1, blockListAt + 8);
  patched.writeUInt16LE(loadSegment, blockListAt + 10);
  return { code, core: patched };
}

const kernelSectorAt = 0x5c;
const driveCheckAt = 0x66;
const diskSignatureAt = 0x1b8;
/** The last 12 bytes of the core's first sector: where its other sectors are (start, number), and where they go. */
const blockListAt = sectorBytes - 12;
/** GRUB_BOOT_MACHINE_KERNEL_SEG (0x800) and the first sector's length in paragraphs. */
const loadSegment = 0x820;
