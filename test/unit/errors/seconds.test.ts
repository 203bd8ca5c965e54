import { expect, it } from 'vitest';
import { hundredths, inSeconds, seconds, statedSeconds } from '#errors/seconds.ts';

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

it.each([
  [60_000, '60 s'],
  [500, '0.5 s'],
  [7_200.000_000_1, '7.2 s'],
  [1_234.6, '1.235 s'],
])('%d ms that were set are %s', (ms, text) => {
  expect(statedSeconds(ms)).toBe(text);
});

it.each([
  [0, '0.00 s'],
  [4_300, '4.30 s'],
  [21_660, '21.66 s'],
])('%d ms of a clock are %s', (ms, text) => {
  expect(hundredths(ms)).toBe(text);
});
