import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { refuseOtherBox, stamped } from '#provision/image/box/box-stamp.ts';
import { libvirtBoxTexts } from '#provision/image/box/libvirt-box.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lab-vagrant-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const box = { name: 'coreos-lab-0a1b2c3d', key: 'abc', provider: 'libvirt' } as const;
/** As `vagrant box add` lays it down; since 2.4 with the processor's name. */
const add = (metadata: string, ...between: string[]) => {
  const dir = join(home, 'boxes', box.name, '0', ...between, 'libvirt');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'metadata.json'), metadata);
};

it('a box carries its key beside what Vagrant reads', () => {
  const texts = stamped(libvirtBoxTexts(10), 'abc');
  expect(JSON.parse(texts['metadata.json'] ?? '')).toEqual({
    provider: 'libvirt',
    format: 'qcow2',
    virtual_size: 10,
    coreosLab: 'abc',
  });
  expect(texts['Vagrantfile']).toBe(libvirtBoxTexts(10)['Vagrantfile']);
});

it('the box of this lab, or none, is what Vagrant should have', async () => {
  await refuseOtherBox(home, box);
  add(stamped(libvirtBoxTexts(10), 'abc')['metadata.json'] ?? '');
  await refuseOtherBox(home, box);
});

it.each([
  ['another key', '{"provider":"libvirt","coreosLab":"abd"}', []],
  ['no key', '{"provider":"libvirt"}', ['amd64']],
  ['no JSON', 'provider: libvirt', []],
] as const)('a box of that name with %s is refused, with the command that removes it', async (_, text, between) => {
  add(text, ...between);
  await expect(refuseOtherBox(home, box)).rejects.toMatchObject({
    code: 'state.box',
    next: 'vagrant box remove coreos-lab-0a1b2c3d --provider libvirt --all --force; vagrant up',
  });
  await refuseOtherBox(home, { ...box, provider: 'virtualbox' });
});
