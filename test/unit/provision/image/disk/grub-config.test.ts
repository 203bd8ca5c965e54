import { describe, expect, it } from 'vitest';
import { firstBootStamp, grubConfig, grubModules } from '#provision/image/disk/grub-config.ts';

describe("GRUB's configuration", () => {
  it("gives Ignition's arguments on the first boot and no other", () => {
    const lines = grubConfig('qemu').split('\n');
    const test = lines.indexOf(`if [ -f ${firstBootStamp} ]; then`);
    expect(lines[test - 1]).toBe('set firstboot=""');
    expect(lines[test + 1]).toBe('  set firstboot="ignition.firstboot ignition.platform.id=qemu"');
    expect(lines[test + 2]).toBe('fi');
    const kernel = lines.find((line) => line.startsWith('  linux '));
    expect(kernel).toMatch(/ rw .* \$firstboot$/);
    expect(kernel).not.toContain('ignition');
  });

  it('boots without waiting, and systemd writes to a serial port, in VirtualBox to the screen', () => {
    expect(grubConfig('qemu')).toContain('set timeout=0');
    expect(grubConfig('qemu')).toMatch(/console=ttyS0 \$firstboot/);
    expect(grubConfig('virtualbox')).toMatch(/console=tty0 \$firstboot/);
    expect(grubConfig('virtualbox')).toContain('ignition.platform.id=virtualbox');
  });

  it('has no AppArmor, whose profiles Docker cannot load with what is in the image', () => {
    expect(grubConfig('qemu')).toMatch(/^ {2}linux .* apparmor=0 /m);
  });

  it('uses only commands that are in the core', () => {
    const commandsOf: Record<string, string> = { '[': 'test', menuentry: 'normal', linux: 'linux', initrd: 'linux' };
    const words = [...grubConfig('qemu').matchAll(/^ *(?:if )?(\[|menuentry|linux|initrd|[a-z]+)(?= )/gm)].map(
      ([, w]) => w,
    );
    const wanted = words.filter((word) => word !== 'set').map((word) => commandsOf[word ?? ''] ?? `? ${word}`);
    expect(wanted.filter((module) => !grubModules.includes(module))).toEqual([]);
    expect(new Set(wanted)).toEqual(new Set(['test', 'normal', 'linux']));
  });
});
