import { expect, test } from 'vitest';
import { placeOf } from '#cli/place-of.ts';

const machines = [{ name: 'core-01' }, { name: 'core-02' }];

test.each([
  ['core-01:/etc/hosts', 'core-01', '/etc/hosts'],
  ['core-02:', 'core-02', ''],
  ['core-01:a:b', 'core-01', 'a:b'],
  ['core-01:a\nb', 'core-01', 'a\nb'],
  ['notes.txt', undefined, './notes.txt'],
  ['-r', undefined, './-r'],
  ['/tmp/a:b', undefined, '/tmp/a:b'],
  ['./core-01:x', undefined, './core-01:x'],
  ['dir/a:b', undefined, './dir/a:b'],
  ['..', undefined, '..'],
])('%j', (word, machine, path) => {
  const place = placeOf(word, machines);
  expect([place.machine?.name, place.path]).toEqual([machine, path]);
});

test('a name before the colon that is no machine is refused, with the way to mean a file', () => {
  expect(() => placeOf('core-9:x', machines)).toThrow(
    expect.objectContaining({ code: 'missing.machine', next: expect.stringContaining('./core-9:x') as string }),
  );
});
