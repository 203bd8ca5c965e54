import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { smallConfig } from '#provision/machines/vagrant/virtualbox/small-config.ts';

const source = `http://172.17.200.101:65535/ignition/longname-09-${'a'.repeat(32)}.json`;

it('fits into a guest property, and Ignition accepts it', async () => {
  const text = smallConfig(source, '{"ignition":{"version":"3.3.0"}}');
  expect(Buffer.byteLength(text)).toBeLessThan(1024);
  const dir = mkdtempSync(join(tmpdir(), 'lab-small-'));
  try {
    writeFileSync(join(dir, 'small.ign'), text);
    const { exitCode, stdout } = await execa('ignition-validate', [join(dir, 'small.ign')], {
      all: true,
      reject: false,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

it('stands for the very bytes it was made for', () => {
  const hashOf = (whole: string) =>
    (
      JSON.parse(smallConfig(source, whole)) as {
        ignition: { config: { replace: { verification: { hash: string } } } };
      }
    ).ignition.config.replace.verification.hash;
  expect(hashOf('a')).toMatch(/^sha512-[0-9a-f]{128}$/);
  expect(hashOf('a')).not.toBe(hashOf('b'));
});
