import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codenameOf, suiteLines } from '#provision/image/suite-sources.ts';

const debian = 'http://mirror.example/debian';
const stock = [
  'Types: deb deb-src',
  '# a comment within',
  `URIs: ${debian}`,
  'Suites: trixie trixie-updates',
  'Components: main contrib',
  'Signed-By: /usr/share/keyrings/key.gpg',
  '',
  'Types: deb',
  `URIs: ${debian}-security`,
  'Suites: trixie-security',
  'Components: main',
  '',
].join('\n');

describe('the sources of a host of another release', () => {
  it('are its own servers, with the suites of the wanted release, in both formats', () => {
    expect(suiteLines([stock], 'trixie', 'bookworm')).toEqual([
      `deb [signed-by=/usr/share/keyrings/key.gpg] ${debian} bookworm main contrib`,
      `deb [signed-by=/usr/share/keyrings/key.gpg] ${debian} bookworm-updates main contrib`,
      `deb ${debian}-security bookworm-security main`,
    ]);
    const lines = `deb ${debian} trixie main\n# deb ${debian} trixie contrib\ndeb [arch=amd64] ${debian} trixie-security main\n`;
    expect(suiteLines([lines], 'trixie', 'bookworm')).toEqual([
      `deb ${debian} bookworm main`,
      `deb [arch=amd64] ${debian} bookworm-security main`,
    ]);
  });

  it.each(['stable', 'testing', 'unstable', 'sid'])('may name the release by what it is now (%s)', (name) => {
    expect(suiteLines([`deb ${debian} ${name} main\n`], 'forky', 'bookworm')).toEqual([`deb ${debian} bookworm main`]);
  });

  it('are those of the wanted release where the host names it too', () => {
    const texts = [`deb ${debian} trixie main\n`, `deb http://other.example/debian bookworm main\n`];
    expect(suiteLines(texts, 'trixie', 'bookworm')).toEqual(['deb http://other.example/debian bookworm main']);
  });

  it('leave out what is not named after a release, is switched off, or has no binaries', () => {
    const texts = [
      'deb http://vendor.example/apt nodistro main\n',
      'Types: deb-src\nURIs: http://mirror.example\nSuites: trixie\nComponents: main\n',
      `Types: deb\nEnabled: no\nURIs: ${debian}\nSuites: trixie\nComponents: main\n`,
      '',
    ];
    expect(suiteLines(texts, 'trixie', 'bookworm')).toEqual([]);
    expect(suiteLines([`deb ${debian} trixie main\n`], undefined, 'bookworm')).toEqual([]);
  });
});

it('the codename of a release is read from its root directory', async () => {
  expect(await codenameOf('/')).toMatch(/^\w+$/);
});

it('a release without a codename has none', async () => {
  const root = mkdtempSync(join(tmpdir(), 'lab-release-'));
  try {
    mkdirSync(join(root, 'etc'));
    for (const text of ['ID=debian\n', '', 'VERSION_CODENAME=\n', '# VERSION_CODENAME=trixie\n']) {
      writeFileSync(join(root, 'etc/os-release'), text);
      expect([text, await codenameOf(root)]).toEqual([text, undefined]);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});
