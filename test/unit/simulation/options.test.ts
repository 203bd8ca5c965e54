import { expect, test } from 'vitest';
import { readOptions } from '#simulation/options.ts';

const fresh = 77;

test('without a word: an hour of a fresh seed', () => {
  expect(readOptions([], fresh)).toEqual({
    seeds: [fresh],
    isFresh: true,
    hours: 1,
    fence: false,
    json: false,
    help: false,
  });
});

test.each([
  [['--seed', '5'], { seeds: [5], isFresh: false }],
  [['--seed=0', '--hours', '0.5'], { seeds: [0], hours: 0.5 }],
  [['--seeds', '3..5', '--json'], { seeds: [3, 4, 5], isFresh: false, json: true }],
  [['--seeds=2147483647..2147483647', '--hours=10000'], { seeds: [2147483647], hours: 10000 }],
  [['--fence'], { fence: true }],
  [['-h'], { help: true }],
])('%j', (argv, wanted) => {
  expect(readOptions(argv, fresh)).toMatchObject(wanted);
});

test.each([
  [['--seed', '-1'], '--seed: "-1" is no seed'],
  [['--seed', '1.5'], '--seed: "1.5" is no seed'],
  [['--seed', '2147483648'], '--seed: "2147483648" is no seed'],
  [['--seed', ''], '--seed: "" is no seed'],
  [['--seeds', '1-5'], '--seeds: "1-5" is no range'],
  [['--seeds', '5..1'], '--seeds: 5..1 ends before it begins'],
  [['--seeds', '0..100000'], 'is more than 100000 seeds'],
  [['--seed', '1', '--seeds', '1..2'], 'exclude each other'],
  [['--hours', '0'], '--hours: "0" is no number'],
  [['--hours', 'NaN'], '--hours: "NaN" is no number'],
  [['--hours', '10001'], '--hours: "10001" is no number'],
  [['--hours', '1e3'], '--hours: "1e3" is no number'],
  [['5'], '"5" belongs to no flag'],
])('refuses %j', (argv, words) => {
  expect(() => readOptions(argv, fresh)).toThrow(expect.objectContaining({ code: 'usage.simulate' }) as Error);
  expect(() => readOptions(argv, fresh)).toThrow(words);
});

test('refuses a flag that it does not know', () => {
  expect(() => readOptions(['--sed', '1'], fresh)).toThrow('unknown flag --sed');
});
