import { describe, expect, test } from 'vitest';
import { parseDockerfile } from '#provision/image/containers/dockerfile.ts';

const parse = (text: string) => parseDockerfile(text, 'apps/x/Dockerfile');

test('finds bases and copied paths with their lines', () => {
  const text = '# comment\nFROM lab/node:20\nCOPY dist/ package.json /app/\nADD ["a b.txt", "/"]\n';
  expect(parse(text)).toEqual({
    bases: [{ text: 'lab/node:20', line: 2 }],
    sources: [
      { text: 'dist/', line: 3 },
      { text: 'package.json', line: 3 },
      { text: 'a b.txt', line: 4 },
    ],
  });
});

test('an instruction goes on over continued lines, with comments between them', () => {
  const { sources } = parse('FROM scratch\nCOPY one \\\n  # why\n  two \\\n  /app/\nRUN echo COPY three /\n');
  expect(sources.map((source) => source.text)).toEqual(['one', 'two']);
  expect(sources[0]?.line).toBe(2);
});

test('keywords in small letters, blanks around them and lines that only go on change nothing', () => {
  const { bases, sources } = parse('  from \t lab/node:20  \n\\\n\nCopy \t--chown=1  one two\t/app/ \nADD\n \\\n');
  expect(bases).toEqual([{ text: 'lab/node:20', line: 1 }]);
  expect(sources.map((source) => source.text)).toEqual(['one', 'two']);
});

test('stages, scratch and copies between stages are no bases and no context', () => {
  const { bases, sources } = parse(
    'FROM --platform=linux/amd64 lab/node:20 AS make\nFROM make as again\nFROM scratch\nCOPY --from=again --chown=1 /a /b\n',
  );
  expect(bases.map((base) => base.text)).toEqual(['lab/node:20']);
  expect(sources).toEqual([]);
});

describe('refuses, with file and line,', () => {
  test.each([
    [
      'a variable in a source',
      'FROM scratch\nCOPY $WHAT /\n',
      'apps/x/Dockerfile:2: the source $WHAT holds a variable',
    ],
    ['a source on the network', 'FROM scratch\n\nADD http://host.test/f /\n', 'apps/x/Dockerfile:3'],
    ['a source outside of the context', 'FROM scratch\nCOPY ../other /\n', 'apps/x/Dockerfile:2'],
    ['a here-document', 'FROM scratch\nCOPY <<EOF /f\nx\nEOF\n', 'apps/x/Dockerfile:2'],
    ['a file without FROM', 'COPY a /\n', 'apps/x/Dockerfile:1: there is no FROM'],
    ['FROM without an image', 'FROM\n', 'apps/x/Dockerfile:1: FROM names no image'],
  ])('%s', (_, text, cause) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'input.dockerfile', message: expect.stringContaining(cause) as string }),
    );
  });
});
