import { expect, test } from 'vitest';
import { readJudgeOptions } from '#simulation/recorded/options.ts';

test('without a word: six faults of a fresh seed', () => {
  expect(readJudgeOptions([], 77)).toEqual({
    seed: 77,
    faults: 6,
    longestSeconds: undefined,
    history: undefined,
    json: false,
    help: false,
  });
});

test('with all of them', () => {
  const words = ['--seed', '5', '--faults=20', '--longest', '4', '--json'];
  expect(readJudgeOptions(words, 77)).toMatchObject({ seed: 5, faults: 20, longestSeconds: 4, json: true });
  expect(readJudgeOptions(['--history', 'a.ndjson'], 77)).toMatchObject({ history: 'a.ndjson' });
});

test.each([
  [['--seed', '-1'], '--seed: "-1" is no whole number from 0 to 2147483647'],
  [['--faults', '0'], '--faults: "0" is no whole number from 1 to 200'],
  [['--longest', '1.5'], '--longest: "1.5" is no whole number from 1 to 300'],
  [['--history', 'a', '--faults', '6'], '--history and --faults exclude each other'],
  [['six'], '"six" belongs to no flag'],
])('refuses %j', (argv, words) => {
  expect(() => readJudgeOptions(argv, 77)).toThrow(expect.objectContaining({ code: 'usage.judge' }) as Error);
  expect(() => readJudgeOptions(argv, 77)).toThrow(words);
});
