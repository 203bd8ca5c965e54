import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fetchOptions, hostAptSources, mirrorArguments } from '#provision/image/apt-sources.ts';

const dirs: string[] = [];
afterEach(async () => {
  await Promise.all(dirs.splice(0).map((dir) => rm(dir, { recursive: true })));
});

async function etcApt(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'lab-apt-'));
  dirs.push(dir);
  await mkdir(path.join(dir, 'sources.list.d'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text);
  return dir;
}

const deb822 = 'Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\n';

test('takes enabled source files in apt’s order and leaves out what apt leaves out', async () => {
  const dir = await etcApt({
    'sources.list': 'deb http://mirror.test/debian bookworm main\n',
    'sources.list.d/b.sources': deb822,
    'sources.list.d/a.list': '# deb http://mirror.test/debian bookworm main\n',
    'sources.list.d/c.sources.disabled': deb822,
    'sources.list.d/d.list.save': 'deb http://mirror.test/debian bookworm main\n',
  });
  const { sources } = await hostAptSources(dir);
  expect(sources).toEqual([path.join(dir, 'sources.list'), path.join(dir, 'sources.list.d/b.sources')]);
});

test('a host without an enabled source is an error that names the place to put one', async () => {
  const dir = await etcApt({ 'sources.list': '\n' });
  await expect(hostAptSources(dir)).rejects.toMatchObject({
    code: 'host.apt-sources',
    next: expect.stringContaining(`${dir}/sources.list.d`) as string,
  });
});

test('an installation medium is passed over, the other lines of its file are not', () => {
  const text = 'deb cdrom:[Debian 12]/ bookworm main\ndeb http://mirror.test/debian bookworm main\n';
  expect(mirrorArguments([{ path: '/x/sources.list', text }])).toEqual(['deb http://mirror.test/debian bookworm main']);
});

test('passes on proxies and validity checks, not index targets, hooks or directories', () => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.test:3142";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::IndexTargets::deb::DEP-11::MetaKey "x";',
    'DPkg::Post-Invoke:: "rm -f /x";',
    'Dir::Etc::parts "apt.conf.d";',
    'APT::Sandbox::User "_apt";',
  ].join('\n');
  expect(fetchOptions(dump)).toEqual([
    '--aptopt=Acquire::http::Proxy "http://proxy.test:3142";',
    '--aptopt=Acquire::Check-Valid-Until "false";',
    '--aptopt=APT::Sandbox::User "_apt";',
  ]);
});
