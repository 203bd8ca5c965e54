import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTracked as read, root, tracked } from '../support/tracked-files.ts';

const sources = tracked.filter((path) => /\.(ts|tsx)$/.test(path) && !path.startsWith('test/'));

/** Of a file; those of a function are counted by ESLint (`max-lines-per-function`). */
const maxLines = 250;

describe('the house is tidy', () => {
  it(`no source file is longer than ${maxLines} lines`, () => {
    const long = sources.filter((path) => read(path).split('\n').length > maxLines + 1);
    expect(long).toEqual([]);
  });

  it('no module of the host keeps a variable from one call to the next', () => {
    const onHost = sources.filter((path) => /^(cli|dashboard|guide|provision|scenarios|errors)\//.test(path));
    expect(onHost.filter((path) => /^(export )?(let|var) /m.test(read(path)))).toEqual([]);
  });

  it('every link in the documents leads somewhere', () => {
    const broken = tracked
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
          .map((match) => match[1] ?? '')
          .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(path), link)))
          .map((link) => `${path}: ${link}`),
      );
    expect(broken).toEqual([]);
  });

  it('no test is skipped or focused', () => {
    const tests = tracked.filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/tidy/'));
    const marked = tests.filter((path) => /\b(it|test|describe)\.(only|skip|todo)\b/.test(read(path)));
    expect(marked).toEqual([]);
  });

  it('no file names the host of a package registry: the ordinary clients know theirs', () => {
    const hosts = [['registry', 'npmjs', 'org'].join('.'), ['deb', 'debian', 'org'].join('.')];
    const naming = tracked.filter(
      (path) => !/\.(png|ico|jpg)$/.test(path) && hosts.some((host) => read(path).includes(host)),
    );
    expect(naming).toEqual([]);
  });
});
