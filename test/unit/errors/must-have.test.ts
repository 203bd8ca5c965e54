import { expect, it } from 'vitest';
import { mustHave } from '#errors/must-have.ts';

it('a value that must be there is taken as it is, an empty one too', () => {
  expect([mustHave('', 'text'), mustHave(0, 'number'), mustHave(null, 'answer')]).toEqual(['', 0, null]);
});

it('its absence is a bug with a name', () => {
  expect(() => mustHave([][0], 'first machine')).toThrow(new TypeError('there is no first machine'));
});
