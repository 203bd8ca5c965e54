import { createHash } from 'node:crypto';

/** ROMs of the `pc` machine are a multiple of this, mapped at 0xf0000 and so that the last 16 bytes hold the reset vector. */
const romBytes = 64 * 1024;
const resetVector = romBytes - 16;

/** What the guest hands to QEMU's isa-debug-exit device when it got to its end. */
const farewell = 0x2a;

/** isa-debug-exit ends QEMU with (value << 1) | 1 (QEMU, hw/misc/debugexit.c). */
export const goodExitCode = (farewell << 1) | 1;

/** Of the isa-debug-exit device. */
export const exitPort = 0xf4;

/**
 * A tenth of a second of a CPU that runs the guest by itself. There is KVM that takes a guest and interprets its
 * instructions one by one, at a microsecond each: to that this is minutes, and a kernel never comes to its end.
 */
const turns = 200_000_000;

const quadWord = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const doubleWord = (value: number): number[] => [...Buffer.from(Uint32Array.of(value).buffer)];

/** Where the 64-bit part and the descriptor table lie in the ROM. */
const longMode = 0x57;
const descriptors = 0x68;

/**
 * A guest that does what every kernel does first (paging, long mode: Intel SDM volume 3, "Initializing IA-32e Mode"), counts
 * down at the CPU's own speed, and says farewell. Page tables for the first 2 MB lie at 0x1000, 0x2000 and 0x3000.
 */
export function tinyGuestRom(): Buffer {
  const code = [
    [0xfa], // cli
    [0x31, 0xc0, 0x8e, 0xd8], // xor ax, ax; mov ds, ax
    [0x66, 0xc7, 0x06, 0x00, 0x10, ...doubleWord(0x2003)], // mov dword [0x1000], 0x2003: present, writable
    [0x66, 0xc7, 0x06, 0x00, 0x20, ...doubleWord(0x3003)], // mov dword [0x2000], 0x3003
    [0x66, 0xc7, 0x06, 0x00, 0x30, ...doubleWord(0x0083)], // mov dword [0x3000], 0x83: one page of 2 MB
    [0x2e, 0x66, 0x0f, 0x01, 0x16, descriptors + 16, 0x00], // lgdt [cs:descriptors + 16]
    [0x66, 0xb8, ...doubleWord(0x20), 0x0f, 0x22, 0xe0], // mov eax, PAE; mov cr4, eax
    [0x66, 0xb8, ...doubleWord(0x1000), 0x0f, 0x22, 0xd8], // mov eax, 0x1000; mov cr3, eax
    [0x66, 0xb9, ...doubleWord(0xc000_0080), 0x0f, 0x32], // mov ecx, EFER; rdmsr
    [0x0d, 0x00, 0x01, 0x0f, 0x30], // or ax, LME; wrmsr
    [0x66, 0xb8, ...doubleWord(0x8000_0001), 0x0f, 0x22, 0xc0], // mov eax, PG | PE; mov cr0, eax
    [0x66, 0xea, ...doubleWord(0xf_0000 + longMode), 0x08, 0x00], // jmp 8:longMode
    [0xb9, ...doubleWord(turns)], // mov ecx, turns
    [0xff, 0xc9, 0x75, 0xfc], // again: dec ecx; jnz again
    [0xb0, farewell, 0xe6, exitPort, 0xf4], // mov al, farewell; out exitPort, al; hlt
  ].flat();
  const rom = Buffer.alloc(romBytes, 0xf4);
  Buffer.from(code).copy(rom);
  // A null descriptor and 64-bit code; behind them what lgdt reads: limit, address.
  const table = [quadWord(0n), quadWord(0x00af_9b00_0000_ffffn), Buffer.from([0x0f, 0x00])];
  Buffer.concat([...table, Buffer.from(doubleWord(0xf_0000 + descriptors))]).copy(rom, descriptors);
  Buffer.from([0xea, 0x00, 0x00, 0x00, 0xf0]).copy(rom, resetVector); // jmp 0xf000:0
  return rom;
}

/** Changes when the guest does: what was learnt by another guest does not count. */
export function tinyGuestKey(): string {
  return createHash('sha256').update(tinyGuestRom()).digest('hex').slice(0, 16);
}
