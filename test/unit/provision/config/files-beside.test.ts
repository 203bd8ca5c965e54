import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { loadConfig } from '#provision/config/load-config.ts';

it('says of the files that coreos-vagrant gives its machines what to write instead', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lab-config-'));
  try {
    const notices = () => loadConfig(dir, { HOME: '/home/reader' }, 4).notices;
    expect(notices()).toEqual([]);
    writeFileSync(join(dir, 'user-data'), '#cloud-config\n');
    expect(notices()).toEqual([
      'user-data beside config.rb is not read: name an Ignition file as [machines] ignition in lab.toml.',
    ]);
    // One that is named is read.
    writeFileSync(join(dir, 'lab.toml'), '[machines]\nignition = "user-data"\n');
    expect(notices()).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

it('a state directory where a file stands is refused by its line', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lab-config-'));
  try {
    const load = () => loadConfig(dir, { HOME: '/home/reader' }, 4);
    writeFileSync(join(dir, 'lab.toml'), `[lab]\nstate_dir = "${dir}/disks"\n`);
    expect(load().stateDir).toBe(`${dir}/disks/lab`);
    writeFileSync(join(dir, 'disks'), '');
    expect(load).toThrow(LabError);
    expect(load).toThrow(`lab.toml:2: [lab] state_dir: ${dir}/disks is no directory`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
