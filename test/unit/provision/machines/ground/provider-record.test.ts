import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type ProviderRecord,
  readProviderRecord,
  writeProviderRecord,
} from '#provision/machines/ground/provider-record.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lab-record-'))));
afterEach(() => rmSync(dir, { recursive: true }));

it.each<ProviderRecord>([
  { provider: 'nspawn' },
  { provider: 'vagrant', hypervisor: 'libvirt' },
  { provider: 'vagrant', hypervisor: 'virtualbox' },
])('what is written is read again: %j', async (record) => {
  expect(readProviderRecord(dir)).toBeUndefined();
  await writeProviderRecord(dir, record);
  expect(readProviderRecord(dir)).toEqual(record);
});

it('a lab of an earlier version has its virtual machines on libvirt, or says what it would have had', () => {
  writeFileSync(join(dir, 'provider'), 'vagrant\n');
  expect(readProviderRecord(dir)).toEqual({ provider: 'vagrant', hypervisor: 'libvirt' });
  writeFileSync(join(dir, 'provider'), 'nspawn\n');
  writeFileSync(join(dir, 'hypervisor'), 'virtualbox\n');
  expect(readProviderRecord(dir)).toEqual({ provider: 'nspawn' });
});

it.each(['', 'docker', 'toString', '__proto__', 'nspawn vagrant'])('%j is no provider', (word) => {
  writeFileSync(join(dir, 'provider'), word);
  expect(readProviderRecord(dir)).toBeUndefined();
});

it('containers have no hypervisor to write down', async () => {
  await writeProviderRecord(dir, { provider: 'nspawn' });
  expect(readdirSync(dir)).toEqual(['provider']);
});
