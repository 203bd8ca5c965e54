import { expect, it } from 'vitest';
import { inSeconds, seconds } from '#scenarios/harness/record/seconds.ts';

it.each([
  [0, '0.00 s'],
  [4, '0.00 s'],
  [6, '0.01 s'],
  [250, '0.25 s'],
  [4_300, '4.30 s'],
  [9_949, '9.95 s'],
  [9_951, '10.0 s'],
  [21_660, '21.7 s'],
  [125_000, '125.0 s'],
  [-40, '-0.04 s'],
  [-21_660, '-21.7 s'],
])('%d ms are %s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
  expect(`${inSeconds(ms)} s`).toBe(text);
});
