import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeAptConfig } from '#provision/image/disk/apt-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'lab-apt-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it("apt works on the other root, with the host's sources and way of fetching", async () => {
  const root = join(dir, 'root');
  for (const path of ['var/lib/dpkg', 'var/lib/apt/lists/partial', 'etc/apt/apt.conf.d']) {
    mkdirSync(join(root, path), { recursive: true });
  }
  writeFileSync(join(root, 'var/lib/dpkg/status'), '');
  const source = join(dir, 'debian.sources');
  writeFileSync(source, 'Types: deb\nURIs: http://deb.example/debian\nSuites: bookworm\nComponents: main\n');
  const file = await writeAptConfig(join(dir, 'apt'), root, {
    sources: [source, 'deb http://other.example/debian bookworm main'],
    aptOpts: ['--aptopt=Acquire::Retries "7";'],
  });

  const env = { PATH: process.env['PATH'], APT_CONFIG: file };
  const dump = execFileSync('apt-config', ['dump'], { encoding: 'utf8', env });
  expect(dump).toContain(`\nDir "${root}";`);
  expect(dump).toContain(`DPkg::Chroot-Directory "${root}";`);
  expect(dump).toContain('Acquire::Retries "7";');
  const uris = execFileSync('apt-get', ['--print-uris', 'update'], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(uris).toContain('http://deb.example/debian/dists/bookworm/InRelease');
  expect(uris).toContain('http://other.example/debian/dists/bookworm/InRelease');
  expect(readdirSync(join(dir, 'apt/sources.list.d'))).toEqual(['0.sources']);
  expect(readFileSync(join(dir, 'apt/sources.list'), 'utf8')).toBe('deb http://other.example/debian bookworm main\n');
});
