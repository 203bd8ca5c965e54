import { expect, it } from 'vitest';
import { chosenName, takeName } from '#cli/choose-name.ts';

it('--name is taken from anywhere on the line, but not from another program, nor from lab image box', () => {
  expect(takeName(['up', '--name', 'second', 'core-01'])).toEqual({ argv: ['up', 'core-01'], name: 'second' });
  expect(takeName(['--name=second', 'status'])).toEqual({ argv: ['status'], name: 'second' });
  const ssh = ['ssh', 'core-01', '--', 'docker', 'run', '--name', 'x'];
  expect(takeName(ssh)).toEqual({ argv: ssh });
  const box = ['image', 'box', '--name'];
  expect(takeName(box)).toEqual({ argv: box });
});

it.each([
  [['up', '--name']],
  [['--name=Second', 'up']],
  [['--name', 'twelve-chars', 'up']],
  [['up', '--name', '../x']],
])('%j is refused with what a name may be', (argv) => {
  expect(() => takeName(argv)).toThrow(expect.objectContaining({ code: 'usage.name' }) as Error);
});

it('LAB_NAME is what it sets for other programs, and is looked at as closely', () => {
  expect(chosenName({})).toBeUndefined();
  expect(chosenName({ LAB_NAME: 'second' })).toBe('second');
  expect(() => chosenName({ LAB_NAME: '' })).toThrow('LAB_NAME must be 1 to 11 characters');
});
