import { describe, expect, it } from 'vitest';
import { bootSectors } from '#provision/image/disk/boot-sectors.ts';

const boot = Buffer.alloc(512, 0x11);
const core = Buffer.alloc(512 * 5 + 100, 0x22);

describe('the boot sectors of a disk', () => {
  it('tell the first sector where the core is, and leave disk signature and partition entries alone', () => {
    const { code } = bootSectors(boot, core, 2048);
    expect(code).toHaveLength(440);
    expect(code.readBigUInt64LE(0x5c)).toBe(2048n);
    expect(code.readUInt16LE(0x66)).toBe(0x9090);
    const untouched = Buffer.from(code);
    untouched.fill(0x11, 0x5c, 0x68);
    expect(untouched.equals(Buffer.alloc(440, 0x11))).toBe(true);
  });

  it("list the core's other sectors, the last of which is not full", () => {
    const { core: patched } = bootSectors(boot, core, 2048);
    expect(patched).toHaveLength(core.length);
    expect(patched.readBigUInt64LE(500)).toBe(2049n);
    expect(patched.readUInt16LE(508)).toBe(5);
    expect(patched.readUInt16LE(510)).toBe(0x820);
    expect(patched.subarray(512).equals(core.subarray(512))).toBe(true);
  });

  it('leave the files they were made from as they were', () => {
    bootSectors(boot, core, 4096);
    expect(boot.every((byte) => byte === 0x11) && core.every((byte) => byte === 0x22)).toBe(true);
  });

  it('refuse what is no boot sector and no core', () => {
    expect(() => bootSectors(Buffer.alloc(440), core, 2048)).toThrow('boot.img has 440 bytes');
    expect(() => bootSectors(boot, Buffer.alloc(512), 2048)).toThrow('core.img has only 512 bytes');
  });
});
