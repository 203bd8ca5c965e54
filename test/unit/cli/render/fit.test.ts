import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fit, fold, shortened, visibleWidth } from '#cli/render/fit.ts';
import { table } from '#cli/render/table.ts';

const widths = fc.integer({ min: 10, max: 100 });
const word = fc.stringMatching(/^[a-z./=-]{1,30}$/);
const sentence = fc
  .array(
    fc.oneof(
      word,
      fc.array(word, { minLength: 1 }).map((words) => `\`${words.join(' ')}\``),
    ),
  )
  .map((all) => all.join(' '));
const tooWide = (text: string, columns: number) => text.split('\n').filter((line) => visibleWidth(line) > columns);

describe('fold', () => {
  it('gives lines that fit and loses nothing but blanks', () => {
    fc.assert(
      fc.property(sentence, widths, fc.integer({ min: 0, max: 8 }), (text, columns, indent) => {
        const lines = fold(text, columns, indent);
        const first = ' '.repeat(indent) + lines;
        expect(tooWide(first, columns)).toEqual([]);
        expect(lines.replaceAll(/\\\n|\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('keeps a command on one line where it can, and a shell takes it in pieces where not', () => {
    expect(fold('type `lab destroy && lab up` now', 25, 2)).toBe('type\n  `lab destroy && lab up`\n  now');
    expect(fold('type `lab destroy && lab up` now', 24, 2)).toBe('type\n`lab destroy && lab up`\n  now');
    const command = '`echo fs.inotify=1024 >> /etc/sysctl.d/90-coreos-lab.conf`';
    const pieces = fold(`do ${command}, then go on`, 30, 4);
    expect(pieces).toBe('do\n`echo fs.inotify=1024 >> \\\n/etc/sysctl.d/90-coreos-lab.\\\nconf`,\n    then go on');
    expect(pieces.replaceAll('\\\n', '')).toContain(command);
  });

  it('folds nothing without a terminal', () => {
    expect(fold('a\n  b '.repeat(99), Infinity, 4)).toBe('a\n  b '.repeat(99));
  });
});

describe('fit', () => {
  it('gives lines that fit, whatever stands there', () => {
    const line = fc
      .tuple(fc.nat(30), sentence, fc.nat(5), sentence)
      .map(([indent, a, gap, b]) => ' '.repeat(indent) + a + ' '.repeat(gap) + b);
    fc.assert(
      fc.property(fc.array(line), widths, (lines, columns) => {
        expect(tooWide(fit(lines.join('\n'), columns), columns)).toEqual([]);
      }),
    );
  });

  it('leaves paragraphs alone that fit, and folds the last column of others as one', () => {
    const text = 'a    one two three\nbb   four\n\nc    short';
    expect(fit(text, 18)).toBe(text);
    expect(fit('a    one two three four five six\nbb   seven', 30)).toBe(
      'a    one two three four five\n     six\nbb   seven',
    );
    expect(fit('a    one two three four five six\nbb   seven\n\nc    short', 20)).toBe(
      'a\n    one two three\n    four five six\nbb\n    seven\n\nc    short',
    );
  });
});

describe('a table', () => {
  const header = ['NAME', 'STATE', 'WHY'];
  const rows = [
    ['core-01', 'running', ''],
    ['core-02', 'stopped', 'its init died of a full disk'],
  ];

  it('has its last column folded where there is room for one', () => {
    expect(table(header, rows, 44)).toBe(
      [
        'NAME     STATE    WHY',
        'core-01  running',
        'core-02  stopped  its init died of a full',
        '                  disk',
      ].join('\n'),
    );
  });

  it('becomes blocks where there is none, without the cells that are empty', () => {
    expect(table(header, rows, 24)).toBe(
      [
        'core-01',
        '  STATE  running',
        'core-02',
        '  STATE  stopped',
        '  WHY    its init died',
        '         of a full disk',
      ].join('\n'),
    );
  });

  it('fits, whatever its cells', () => {
    const cells = fc.tuple(word, sentence, word, sentence);
    fc.assert(
      fc.property(cells, fc.array(cells), fc.integer({ min: 50, max: 100 }), (heads, all, columns) => {
        expect(
          tooWide(
            table(
              heads.map((head) => head.slice(0, 20)),
              all,
              columns,
            ),
            columns,
          ),
        ).toEqual([]);
      }),
    );
  });
});

describe('shortened', () => {
  it.each([
    ['all of it', 9, 'all of it'],
    ['until etcd is healthy', 15, 'until etcd is…'],
    ['until etcd is healthy', 14, 'until etcd is…'],
    ['until etcd is healthy', 13, 'until etcd…'],
    ['couchbase-sidekick@1.service', 10, 'couchbase…'],
    ['a couchbase-sidekick@1.service', 12, 'a couchbase…'],
    ['ab', 1, 'a…'],
  ])('%j in %i columns: %j', (text, room, expected) => {
    expect(shortened(text, room)).toBe(expected);
  });
});
