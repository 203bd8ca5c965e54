/** ROMs of the `pc` machine are a multiple of this, mapped so that the last 16 bytes hold the reset vector. */
const romBytes = 64 * 1024;

/** What the guest hands to QEMU's isa-debug-exit device when it got to its end. */
const farewell = 0x2a;

/** isa-debug-exit ends QEMU with (value << 1) | 1 (QEMU, hw/misc/debugexit.c). */
export const goodExitCode = (farewell << 1) | 1;

/** Of the isa-debug-exit device. */
export const exitPort = 0xf4;

/**
 * The smallest guest that shows progress: instead of a BIOS, 16 bytes at the reset vector that count a million down (so
 * that code runs, and is not only begun) and then say farewell. Real mode, 8086 encoding with 32-bit prefixes.
 */
export function tinyGuestRom(): Buffer {
  const code = [
    ...[0x66, 0xb9, 0x40, 0x42, 0x0f, 0x00], // mov ecx, 1000000
    ...[0x67, 0xe2, 0xfd], // again: loop again, by ecx
    ...[0xb0, farewell], // mov al, farewell
    ...[0xe6, exitPort], // out exitPort, al
    0xf4, // hlt
  ];
  const rom = Buffer.alloc(romBytes, 0xf4);
  Buffer.from(code).copy(rom, romBytes - 16);
  return rom;
}
