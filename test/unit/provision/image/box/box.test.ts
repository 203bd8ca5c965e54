import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { boxIdentity } from '#provision/image/box/box-name.ts';
import { libvirtBoxTexts } from '#provision/image/box/libvirt-box.ts';
import { packBox } from '#provision/image/box/ensure-box.ts';
import { virtualBoxTexts } from '#provision/image/box/virtualbox-box.ts';

const repoDir = join(import.meta.dirname, '../../../../..');
const dir = mkdtempSync(join(tmpdir(), 'lab-box-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a box', () => {
  it('is a gzipped tar file with its texts and the whole disk', async () => {
    const disk = join(dir, 'disk');
    const content = randomBytes(1024 * 1024);
    writeFileSync(disk, content);
    const work = join(dir, 'work');
    mkdirSync(work);
    const file = await packBox(work, libvirtBoxTexts(10), { name: 'box.img', file: disk });

    const listed = execFileSync('tar', ['-tzvf', file], { encoding: 'utf8' }).trim().split('\n');
    expect(listed.map((line) => line.split(/\s+/).at(-1))).toEqual(['metadata.json', 'Vagrantfile', 'box.img']);
    expect(listed.every((line) => line.startsWith('-rw-r--r-- root/root '))).toBe(true);
    const unpack = (name: string) => execFileSync('tar', ['-xzOf', file, name], { maxBuffer: 4 * 1024 * 1024 });
    expect(JSON.parse(unpack('metadata.json').toString())).toEqual({
      provider: 'libvirt',
      format: 'qcow2',
      virtual_size: 10,
    });
    expect(unpack('box.img').equals(content)).toBe(true);
  });

  it('for VirtualBox describes a machine whose disk is in the box', () => {
    const texts = virtualBoxTexts(10);
    expect(JSON.parse(texts['metadata.json'] ?? '')).toEqual({ provider: 'virtualbox' });
    const ovf = texts['box.ovf'] ?? '';
    expect(ovf).toContain('ovf:href="box-disk.vmdk"');
    expect(ovf).toContain(`ovf:capacity="${10 * 1024 ** 3}"`);
    const elements = /<Item>([^]*?)<\/Item>/g;
    for (const [, item] of ovf.matchAll(elements)) {
      const names = [...(item ?? '').matchAll(/<rasd:(\w+)>/g)].map(([, name]) => name);
      expect(names).toEqual([...names].sort());
    }
    expect([...ovf.matchAll(elements)]).toHaveLength(5);
    expect(texts['Vagrantfile']).toMatch(
      /^Vagrant\.configure\("2"\) do \|config\|\n[^]*config\.vm\.base_mac[^]*\nend\n$/,
    );
  });

  it('has a name that is known before it is built, and follows its content', async () => {
    const bookworm = await boxIdentity(repoDir, 'bookworm');
    expect(bookworm.name).toMatch(/^coreos-lab-[0-9a-f]{8}$/);
    expect(await boxIdentity(repoDir, 'bookworm')).toEqual(bookworm);
    const trixie = await boxIdentity(repoDir, 'trixie');
    expect(trixie.name).not.toBe(bookworm.name);
    expect(new Set([...Object.values(bookworm.keys), ...Object.values(trixie.keys)]).size).toBe(4);
  });
});
