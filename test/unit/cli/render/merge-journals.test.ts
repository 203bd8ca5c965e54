import { expect, test } from 'vitest';
import { mergeJournals } from '#cli/render/merge-journals.ts';

const at = (second: number, text: string) => `2026-11-29T20:00:0${second}.000000+0000 ${text}`;
const texts = (journals: Record<string, string[]>) =>
  mergeJournals(new Map(Object.entries(journals).map(([name, lines]) => [name, lines.join('\n')]))).map(
    ({ machine, line }) => `${machine} ${line.replace(/^\S+T\S+ /, '')}`,
  );

test('lines of several machines stand in the order of their times', () => {
  expect(
    texts({
      'core-01': [at(1, 'etcd[1]: a'), at(4, 'etcd[1]: d')],
      'core-02': [at(2, 'etcd[1]: b'), at(3, 'etcd[1]: c'), ''],
      'core-03': [''],
    }),
  ).toEqual(['core-01 etcd[1]: a', 'core-02 etcd[1]: b', 'core-02 etcd[1]: c', 'core-01 etcd[1]: d']);
});

test('the rest of a message stays behind its beginning, and the words of journalctl itself go', () => {
  expect(
    texts({
      'core-01': ['-- Boot 1234 --', at(1, 'web[1]: Error: x'), '    at y', '    at z', at(5, 'web[1]: e')],
      'core-02': [at(2, 'web[1]: b'), '-- No entries --'],
    }),
  ).toEqual([
    'core-01 web[1]: Error: x',
    'core-01     at y',
    'core-01     at z',
    'core-02 web[1]: b',
    'core-01 web[1]: e',
  ]);
});
