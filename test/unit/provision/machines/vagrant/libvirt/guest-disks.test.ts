import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  copyGuestDisks,
  copyGuestsBack,
  keptOfGuests,
  sortVolumes,
} from '#provision/machines/vagrant/libvirt/guest-disks.ts';

const box = 'coreos-lab-0a1b2c3d_vagrant_box_image_0_box.img';
const domain = (file: string) => `<domain type='qemu'>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='unsafe'/>
      <source file='${file}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <serial type='file'>
      <source path='/var/lib/coreos-lab/lab/log/core-01-serial.txt'/>
    </serial>
  </devices>
</domain>`;

let dir = '';
let state = '';
let saved = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guest-disks-'));
  [state, saved] = [join(dir, 'state'), join(dir, 'state/snapshots/.one.new')];
  for (const name of ['core-01', 'core-02']) {
    write(`pool/${name}.img`, `disk of ${name}`);
    write(`libvirt/etc/qemu/${name}.xml`, domain(join(state, `pool/${name}.img`)));
    write(`machines/${name}/ignition.json`, '{}');
  }
  write(`pool/${box}`, 'disk of the box');
  write('libvirt/etc/qemu/networks/machines.xml', '<network/>');
  write('registry/layer/mine', 'pushed');
  mkdirSync(saved, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, text: string): void {
  const file = join(state, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
const inode = (...path: string[]) => statSync(join(...path)).ino;

it('what a domain writes to is its own, everything else in the pool is what it stands on', () => {
  const xmls = [domain('/lab/pool/core-01.img'), domain('/lab/pool/core-02.img'), domain('/elsewhere/core-03.img')];
  expect(sortVolumes([box, 'core-02.img', 'core-01.img'], xmls, '/lab/pool')).toEqual({
    own: ['core-01.img', 'core-02.img'],
    base: [box],
  });
});

describe('a copy', () => {
  it('has every disk as it was while the guests stood still, and gives it back beside what came after', async () => {
    const order: string[] = [];
    const took = await copyGuestDisks(state, saved, async () => {
      // What is written until the last one stands belongs to it.
      write('pool/core-02.img', 'written at the last moment');
      order.push('still');
      return async () => {
        order.push('on');
        write('pool/core-02.img', 'written after it');
      };
    });
    expect(order).toEqual(['still', 'on']);
    expect(took).toBeGreaterThan(0);
    expect(read(saved, 'pool/core-02.img')).toBe('written at the last moment');
    write('pool/core-01.img', 'later');
    write('registry/layer/other', 'pushed later');
    rmSync(join(state, 'libvirt/etc/qemu/core-02.xml'));

    const coming = join(state, 'restore.coming');
    mkdirSync(coming);
    await copyGuestsBack(saved, coming);
    expect(readdirSync(coming).sort()).toEqual(['libvirt', 'machines', 'pool', 'registry']);
    expect(read(coming, 'pool/core-01.img')).toBe('disk of core-01');
    expect(read(coming, 'libvirt/etc/qemu/core-02.xml')).toContain('core-02.img');
    expect(readdirSync(join(coming, 'registry/layer'))).toEqual(['mine']);
    // A guest that writes to what came back must not write into the snapshot, whose box takes no room of its own.
    expect(inode(coming, 'pool/core-01.img')).not.toBe(inode(saved, 'pool/core-01.img'));
    expect(inode(coming, 'pool', box)).toBe(inode(state, 'pool', box));
  });

  it('that fails lets the guests go on all the same', async () => {
    let goneOn = 0;
    const copied = copyGuestDisks(state, saved, async () => {
      rmSync(saved, { recursive: true });
      return async () => void (goneOn += 1);
    });
    await expect(copied).rejects.toThrow();
    expect(goneOn).toBe(1);
  });

  it('is not begun when a guest has lost its disk: nobody stands still for it', async () => {
    rmSync(join(state, 'pool/core-02.img'));
    const copied = copyGuestDisks(state, saved, () => expect.unreachable());
    await expect(copied).rejects.toMatchObject({ code: 'state.machine', next: 'lab destroy core-02 && lab up' });
    expect(readdirSync(saved)).toEqual([]);
  });
});

it('the first of what is kept is the disks', () => {
  expect(keptOfGuests[0]).toBe('pool');
});
