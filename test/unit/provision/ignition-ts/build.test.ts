import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataUrl, defineConfig, directory, file, link, readDataUrl, toJson, unit, user } from 'ignition-ts';
import { LabError } from '#errors/lab-error.ts';
import { sshKey, validate } from './oracle.ts';

function refusal(build: () => unknown): LabError {
  try {
    build();
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('defineConfig', () => {
  it('adds the version, freezes, and is accepted without a word', () => {
    const config = defineConfig({
      storage: {
        files: [file({ path: '/etc/hostname', contents: 'core-01\n', overwrite: true, user: 'root', group: 0 })],
      },
      passwd: { users: [user({ name: 'core', sshAuthorizedKeys: [` ${sshKey()}\n`], groups: ['sudo'] })] },
    });
    expect(config.ignition.version).toBe('3.3.0');
    expect(() => Object.assign(config.ignition, { version: '2.0.0' })).toThrow(TypeError);
    expect(validate(toJson(config))).toMatchObject({ clean: true, output: '' });
  });

  it('names the place, lists every other problem, and says what to write', () => {
    const error = refusal(() =>
      defineConfig({ storage: { files: [file({ path: '/a', mode: 644 }), file({ path: 'b' })] } }),
    );
    expect(error).toMatchObject({ code: 'ignition.mode', exitCode: 66 });
    expect(error.message).toBe('$.storage.files.0.mode: mode 644 is octal 1204, which was hardly meant');
    expect(error.next).toBe('Write 0o644 in TypeScript, 420 in JSON.');
    expect(error.evidence).toEqual(['$.storage.files.1.path: path b is not absolute']);
  });
});

describe('toJson', () => {
  it('gives the same bytes for the same config, however it was written', () => {
    const a = defineConfig({ storage: { files: [{ path: '/a', mode: 0o600 }] }, passwd: { users: [] } });
    const b = defineConfig({ passwd: { users: [] }, storage: { files: [{ mode: 0o600, path: '/a' }] } });
    expect(toJson(a)).toBe(toJson(b));
  });
});

describe('dataUrl', () => {
  it('carries text and bytes', () => {
    expect(dataUrl('a b\n%')).toBe('data:,a%20b%0A%25');
    expect(dataUrl(new Uint8Array([0, 255]))).toBe('data:;base64,AP8=');
    expect(Buffer.from(readDataUrl(dataUrl('naïve ✓')) ?? []).toString('utf8')).toBe('naïve ✓');
    expect(refusal(() => dataUrl('\ud800')).code).toBe('ignition.source');
  });
});

/** One binary, which does by its name what is asked: `ignition-apply` writes files and nothing else. */
const ignition = '/usr/lib/dracut/modules.d/30ignition/ignition';

describe.runIf(process.getuid?.() === 0)('the real Ignition', () => {
  it('makes exactly the files that were described', () => {
    const root = mkdtempSync(join(tmpdir(), 'lab-ignition-'));
    try {
      const text = 'ünïcode "quotes" \\ \n$HOME %d #!\t{}';
      const bytes = new Uint8Array([0, 1, 2, 254, 255]);
      const config = defineConfig({
        storage: {
          directories: [directory({ path: '/opt/lab', mode: 0o750 })],
          files: [
            file({ path: '/etc/text', contents: text, mode: 0o600 }),
            file({ path: '/opt/lab/bytes', contents: bytes, mode: 0o755 }),
          ],
          links: [link({ path: '/etc/link', target: '../opt/lab/bytes' })],
        },
        systemd: { units: [unit({ name: 'a.service', contents: '[Service]\nExecStart=/bin/true\n' })] },
      });
      const ignFile = join(root, 'config.ign');
      writeFileSync(ignFile, toJson(config));
      const run = spawnSync(ignition, ['--root', join(root, 'tree'), '--offline', ignFile], {
        argv0: 'ignition-apply',
        encoding: 'utf8',
        // By this it takes it that it is no host that it would change; it changes `tree` alone.
        env: { ...process.env, container: 'a test' },
      });
      expect(run.error).toBeUndefined();
      expect(run.status, run.stderr).toBe(0);
      const at = (path: string) => join(root, 'tree', path);
      expect(readFileSync(at('etc/text'), 'utf8')).toBe(text);
      expect([...readFileSync(at('opt/lab/bytes'))]).toEqual([...bytes]);
      expect(statSync(at('etc/text')).mode & 0o777).toBe(0o600);
      expect(statSync(at('opt/lab')).mode & 0o777).toBe(0o750);
      expect(readlinkSync(at('etc/link'))).toBe('../opt/lab/bytes');
      expect(readFileSync(at('etc/systemd/system/a.service'), 'utf8')).toContain('ExecStart=/bin/true');
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
